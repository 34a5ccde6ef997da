/* Pages on loopback, by GNU libmicrohttpd in the caller's thread. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "regnet/serve.h"

#define CLIENTS 256      /* connections at once; further ones wait */
#define REQUEST_MAX 8192 /* bytes of a request, and so of a connection's memory */
#define SILENCE 10       /* seconds after which a silent client is dropped */
#define WAIT_MS 500      /* between two looks at *stop, should its signal have come just before */

struct rn_server {
    struct rn_server_options options;
    struct MHD_Daemon *daemon;
    int port;
};

/* What each answer carries: no other site may embed or read it, and nothing is loaded by it. */
static const char *const headers[][2] = {
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; "
                                "script-src 'unsafe-inline'; frame-ancestors 'none'"},
};

static enum MHD_Result send_answer(struct MHD_Connection *connection, unsigned code,
                                   const struct rn_answer *answer)
{
    /* The library copies what it is told to copy, whatever the pointer's type says. */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->len, (void *)(uintptr_t)answer->body, MHD_RESPMEM_MUST_COPY);
    char seconds[24];
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        (void)MHD_add_response_header(response, headers[i][0], headers[i][1]);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    if (answer->again > 0) {
        (void)snprintf(seconds, sizeof seconds, "%lld", answer->again);
        (void)MHD_add_response_header(response, "Refresh", seconds);
    }
    result = MHD_queue_response(connection, code, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result send_text(struct MHD_Connection *connection, unsigned code, const char *text)
{
    return send_answer(connection, code,
                       &(struct rn_answer){
                           .type = "text/plain; charset=utf-8", .body = text, .len = strlen(text)});
}

/* Any port: it may be the near end of an SSH tunnel. */
static bool is_this_machine(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};

    for (size_t i = 0; host && i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);
        if (strncasecmp(host, names[i], len) == 0 && (host[len] == 0 || host[len] == ':'))
            return true;
    }
    return false;
}

static bool is_read(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

/* Called when a request's head is there; one with a body is answered without it, and closed. */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *body,
                                  size_t *body_len, void **state)
{
    const struct rn_server_options *options = &((struct rn_server *)arg)->options;
    const char *host =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
    struct rn_answer answer = {0};
    struct rn_err err = {0};

    (void)version, (void)body, (void)body_len, (void)state;
    if (!is_this_machine(host))
        return send_text(connection, MHD_HTTP_FORBIDDEN,
                         "This page is for this machine: http://127.0.0.1 or http://localhost.\n");
    if (!is_read(method))
        return send_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "This page is read-only.\n");
    if (options->get(options->arg, path, &answer, &err) != RN_OK)
        return send_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, err.msg);
    if (!answer.type)
        return send_text(connection, MHD_HTTP_NOT_FOUND, "There is no such page.\n");
    return send_answer(connection, MHD_HTTP_OK, &answer);
}

static enum rn_status cannot_listen(int port, int reason, struct rn_err *err)
{
    if (reason == EADDRINUSE)
        return rn_fail(err, RN_E_IO,
                       "port %d of 127.0.0.1 is in use; choose another, or none for any that is "
                       "free",
                       port);
    return rn_fail(err, RN_E_IO, "could not listen on port %d of 127.0.0.1: %s", port,
                   strerror(reason));
}

/* A socket that listens on loopback, and its port. */
static enum rn_status listen_on(int *port, int *fd, struct rn_err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)*port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    if (made < 0)
        return cannot_listen(*port, errno, err);
    if (setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(made, (struct sockaddr *)&address, len) != 0 || listen(made, SOMAXCONN) != 0 ||
        getsockname(made, (struct sockaddr *)&address, &len) != 0) {
        int reason = errno;
        (void)close(made);
        return cannot_listen(*port, reason, err);
    }
    *port = ntohs(address.sin_port);
    *fd = made;
    return RN_OK;
}

enum rn_status rn_server_new(const struct rn_server_options *options, struct rn_server **server,
                             struct rn_err *err)
{
    struct rn_server *made = rn_alloc(1, sizeof *made);
    int fd = -1;
    enum rn_status status;

    if (!made)
        return rn_nomem(err, sizeof *made, "a server");
    made->options = *options;
    made->port = options->port;
    RN_TRY(listen_on(&made->port, &fd, err));
    made->daemon = MHD_start_daemon(
        MHD_USE_AUTO, 0, NULL, NULL, on_request, made, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CLIENTS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)REQUEST_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE, MHD_OPTION_END);
    if (!made->daemon) {
        (void)close(fd);
        RN_TRY(rn_fail(err, RN_E_IO, "could not start an HTTP server: %s", strerror(errno)));
    }
    *server = made;
    made = NULL;
done:
    rn_server_free(made);
    return status;
}

int rn_server_port(const struct rn_server *server)
{
    return server->port;
}

enum rn_status rn_server_run(struct rn_server *server, const volatile sig_atomic_t *stop,
                             struct rn_err *err)
{
    while (!*stop)
        if (MHD_run_wait(server->daemon, WAIT_MS) != MHD_YES)
            return rn_fail(err, RN_E_IO, "the HTTP server failed: %s", strerror(errno));
    return RN_OK;
}

void rn_server_free(struct rn_server *server)
{
    if (!server)
        return;
    if (server->daemon)
        MHD_stop_daemon(server->daemon); /* and its socket */
    rn_free(server);
}
