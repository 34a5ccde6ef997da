/* A build without libmicrohttpd: nothing is served. */
#include "regnet/serve.h"

enum rn_status rn_server_new(const struct rn_server_options *options, struct rn_server **server,
                             struct rn_err *err)
{
    (void)options, (void)server;
    return rn_fail(err, RN_E_UNSUPPORTED,
                   "this program was built without an HTTP server; install libmicrohttpd-dev and "
                   "build it again");
}

int rn_server_port(const struct rn_server *server)
{
    (void)server;
    return 0;
}

enum rn_status rn_server_run(struct rn_server *server, const volatile sig_atomic_t *stop,
                             struct rn_err *err)
{
    (void)server, (void)stop, (void)err;
    return RN_OK;
}

void rn_server_free(struct rn_server *server)
{
    (void)server;
}
