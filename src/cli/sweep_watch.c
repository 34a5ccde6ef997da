/* regnet sweep watch: in the terminal, or as a page on loopback. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "sweep_watch.h"

#define COLUMNS 80 /* of the figure */
#define ROWS 20

static enum rn_status look(struct rn_sweep_watch *sweep, bool terminal, bool *over,
                           struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status =
        rn_sweep_watch_look(sweep, terminal ? COLUMNS : 0, ROWS, &text, over, err);

    if (terminal)
        fputs("\033[H\033[J", stdout); /* from the top of a cleared screen */
    if (text.data)
        fwrite(text.data, 1, text.len, stdout);
    rn_buf_release(&text);
    (void)fflush(stdout);
    return status;
}

static enum rn_status show(struct rn_sweep_watch *sweep, long long every, struct rn_err *err)
{
    bool over = false;
    enum rn_status status = RN_OK;

    while (status == RN_OK && !over && !rn_stop) {
        status = look(sweep, isatty(STDOUT_FILENO), &over, err);
        if (status == RN_OK && !over)
            (void)sleep((unsigned)every); /* a signal ends it */
    }
    return status;
}

/* What is served: made anew where it is asked for and older than `every`, so that a page that
   nobody reads costs nothing, and many readers no more than one. */
struct pages {
    struct rn_sweep_watch *sweep;
    long long every;
    double made; /* when; 0: not yet */
    bool over;
    struct rn_buf html, json;
};

static enum rn_status make_pages(struct pages *pages, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (pages->made > 0 && rn_clock() - pages->made < (double)pages->every)
        return RN_OK;
    pages->html.len = pages->json.len = 0;
    pages->made = 0;
    status = rn_sweep_watch_page(pages->sweep, &pages->html, &pages->json, &pages->over, err);
    if (status == RN_OK)
        pages->made = rn_clock();
    return status;
}

static enum rn_status get(void *arg, const char *path, struct rn_answer *answer, struct rn_err *err)
{
    struct pages *pages = arg;
    bool page = strcmp(path, "/") == 0;
    enum rn_status status;

    if (!page && strcmp(path, "/status.json") != 0)
        return RN_OK;
    status = make_pages(pages, err);
    if (status != RN_OK)
        return status;
    if (page)
        *answer = (struct rn_answer){.type = "text/html; charset=utf-8",
                                     .body = pages->html.data,
                                     .len = pages->html.len,
                                     .again = pages->over ? 0 : pages->every};
    else
        *answer = (struct rn_answer){
            .type = "application/json", .body = pages->json.data, .len = pages->json.len};
    return RN_OK;
}

static enum rn_status serve(struct rn_sweep_watch *sweep, int port, long long every,
                            struct rn_err *err)
{
    struct pages pages = {.sweep = sweep, .every = every};
    struct rn_server *server = NULL;
    enum rn_status status = rn_server_new(
        &(struct rn_server_options){.port = port, .get = get, .arg = &pages}, &server, err);

    if (status == RN_OK) {
        printf("http://127.0.0.1:%d/\n", rn_server_port(server));
        (void)fflush(stdout);
        status = rn_server_run(server, &rn_stop, err);
    }
    rn_server_free(server);
    rn_buf_release(&pages.html);
    rn_buf_release(&pages.json);
    return status;
}

int rn_sweep_watch(int argc, char **argv)
{
    const char *every = NULL;
    bool page = false;
    const struct rn_option table[] = {
        {"--every", NULL, NULL, &every}, {"--serve", NULL, &page, NULL}, {NULL, NULL, NULL, NULL}};
    struct rn_sweep_watch *sweep = NULL;
    struct rn_err err = {0};
    long long seconds = 5, port = 0;
    enum rn_status status;

    if (rn_args(&argc, argv, table) != 0)
        return 2;
    if (argc != 2 && !(page && argc == 3))
        return rn_usage("sweep", "watch takes one sweep's directory, and --serve a port after it");
    if ((every && rn_number("sweep", "--every", every, 1, 86400, &seconds) != 0) ||
        (argc == 3 && rn_number("sweep", "--serve", argv[2], 0, 65535, &port) != 0))
        return 2;
    rn_catch_signals();
    status = rn_sweep_watch_new(argv[1], &sweep, &err);
    if (status == RN_OK)
        status = page ? serve(sweep, (int)port, seconds, &err) : show(sweep, seconds, &err);
    rn_sweep_watch_free(sweep);
    return status == RN_OK ? 0 : rn_report_error("sweep", &err);
}
