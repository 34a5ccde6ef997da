/*
 * serve.h: pages for the browsers of this machine: HTTP on loopback, read-only.
 *
 * A server listens on 127.0.0.1, answers GET and HEAD of what its caller has, and refuses all else.
 * A request whose Host is no name of this machine is refused too: a page of another site may have
 * led the browser here under its own name (DNS rebinding). Everything happens in the thread that
 * runs the server, one request after the other. Requests are bounded in size, clients in number and
 * in the time that they may be silent.
 *
 *     RN_TRY(rn_server_new(&(struct rn_server_options){.get = get, .arg = &mine}, &server, err));
 *     printf("http://127.0.0.1:%d/\n", rn_server_port(server));
 *     status = rn_server_run(server, &stop, err);
 *     rn_server_free(server);
 */
#ifndef REGNET_SERVE_H
#define REGNET_SERVE_H

#include <signal.h>

#include "regnet/memory.h"

struct rn_answer {
    const char *type; /* "text/html; charset=utf-8"; borrowed until the next call */
    const char *body; /* likewise */
    size_t len;       /* bytes */
    long long again;  /* seconds after which the browser is to ask again; 0: not */
};

struct rn_server_options {
    int port; /* 0: any that is free */
    /* Answers "/path"; leaves *answer alone where there is no such page. The message of an error is
       what the client gets. */
    enum rn_status (*get)(void *arg, const char *path, struct rn_answer *answer,
                          struct rn_err *err);
    void *arg;
};

struct rn_server;

/* Listens. RN_E_IO: the port is in use, or may not be used. RN_E_UNSUPPORTED: this build has no
   server; says which package it takes. */
enum rn_status rn_server_new(const struct rn_server_options *options, struct rn_server **server,
                             struct rn_err *err);
int rn_server_port(const struct rn_server *server);
/* Answers until *stop is not zero. */
enum rn_status rn_server_run(struct rn_server *server, const volatile sig_atomic_t *stop,
                             struct rn_err *err);
void rn_server_free(struct rn_server *server);

#endif
