/* ONNX files: read back, damaged, refused; and folding. ONNX Runtime runs them in
 * tools/compare_export.py. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "export/onnx.h"
#include "nets.h"
#include "regnet/export.h"
#include "regnet/file.h"

static char path[] = "/tmp/regnet-test-XXXXXX";

static int make_file(void **state)
{
    int fd;

    (void)state;
    strcpy(path, "/tmp/regnet-test-XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static struct rn_buf exported(const struct rn_trained *net)
{
    struct rn_buf file = {0};
    struct rn_err err = {0};

    if (rn_export_onnx(net, path, &err) != RN_OK)
        fail_msg("%s: %s", net->graph->arch.name, err.msg);
    assert_int_equal(rn_file_read(path, 1 << 24, &file, NULL), RN_OK);
    return file;
}

/* Bytes that are no field: a length beyond the end, a number without its end, one too long, field
   0, a kind that ONNX does not use. */
static void what_is_no_field_is_not_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {{"\x0a\x03"
                  "ab",
                  4},
                 {"\x08", 1},
                 {"\x08\xff", 2},
                 {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12},
                 {"\x00\x01", 2},
                 {"\x0d\x01\x02\x03\x04", 5}};
    struct rn_pb_field field;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_pb_span rest = {(const uint8_t *)cases[i].bytes, cases[i].len};

        assert_false(rn_pb_next(&rest, &field));
        assert_int_equal(rest.len, cases[i].len);
    }
}

static void every_network_is_written_and_reads_back(void **state)
{
    (void)state;
    for (const struct rn_arch *arch = export_nets; *arch->name; arch++) {
        struct rn_trained net = make_trained(arch, true);
        struct rn_buf file = exported(&net);

        assert_true(file.len > net.graph->n_trained);
        rn_buf_release(&file);
        rn_trained_release(&net);
    }
}

/* Fields of a message with this number; the last one's bytes. */
static int fields(struct rn_pb_span message, int number, struct rn_pb_span *last)
{
    struct rn_pb_field field;
    int n = 0;

    while (rn_pb_next(&message, &field))
        if (field.number == number) {
            *last = field.bytes;
            n++;
        }
    assert_int_equal(message.len, 0);
    return n;
}

/* Nodes by type: as many as the network's operators, and no normalization. */
static void the_structure_is_the_networks(void **state)
{
    struct rn_trained net = make_trained(&export_nets[1], true);
    struct rn_buf file = exported(&net);
    struct rn_pb_span graph = {0}, last = {0}, rest;
    struct rn_pb_field field;
    int convs = 0, expected = 0, others = 0;

    (void)state;
    rest = (struct rn_pb_span){(const uint8_t *)file.data, file.len};
    assert_int_equal(fields(rest, RN_MODEL_METADATA_PROPS, &last), 2);
    assert_int_equal(fields(rest, RN_MODEL_GRAPH, &graph), 1);
    while (rn_pb_next(&graph, &field)) {
        if (field.number != RN_GRAPH_NODE)
            continue;
        assert_int_equal(fields(field.bytes, RN_NODE_OP_TYPE, &last), 1);
        convs += last.len == 4 && memcmp(last.data, "Conv", 4) == 0;
        others += last.len > 5 && memcmp(last.data, "Batch", 5) == 0;
    }
    for (int i = 0; i < net.graph->n_nodes; i++)
        expected += net.graph->nodes[i].op == RN_OP_CONV;
    assert_int_equal(convs, expected);
    assert_int_equal(others, 0);
    rn_buf_release(&file);
    rn_trained_release(&net);
}

static void the_same_network_gives_the_same_bytes(void **state)
{
    struct rn_trained net = make_trained(&export_nets[4], true);
    struct rn_buf a = exported(&net), b = exported(&net);

    (void)state;
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    rn_buf_release(&a);
    rn_buf_release(&b);
    rn_trained_release(&net);
}

/* A file cut anywhere is refused; so is one with a byte of a tensor, a name or a size changed. */
static void damage_is_found(void **state)
{
    struct rn_trained net = make_trained(&export_nets[0], false);
    struct rn_folded folded = {0};
    struct rn_buf file = exported(&net);
    const char *const words[] = {"stem.conv.weight", "input", "logits"};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_fold(&net, &folded, NULL), RN_OK);
    assert_int_equal(rn_onnx_check(file.data, file.len, &folded, &err), RN_OK);
    for (size_t len = 0; len < file.len; len += len < 300 ? 1 : 97)
        assert_int_equal(rn_onnx_check(file.data, len, &folded, &err), RN_E_FAILED);
    for (size_t i = 0; i < 3; i++) {
        char *at = memmem(file.data, file.len, words[i], strlen(words[i]));
        assert_non_null(at);
        at[0] ^= 1;
        err.msg[0] = 0;
        assert_int_equal(rn_onnx_check(file.data, file.len, &folded, &err), RN_E_FAILED);
        assert_true(err.msg[0] != 0);
        at[0] ^= 1;
    }
    folded.layers[1].weight.data[0] += 1;
    assert_int_equal(rn_onnx_check(file.data, file.len, &folded, &err), RN_E_FAILED);
    assert_non_null(strstr(err.msg, "stem.conv.weight"));
    folded.layers[1].weight.data[0] -= 1;
    ((struct rn_node *)folded.layers[0].node)->out.h++;
    assert_int_equal(rn_onnx_check(file.data, file.len, &folded, &err), RN_E_FAILED);
    rn_fold_release(&folded);
    rn_buf_release(&file);
    rn_trained_release(&net);
}

/* 3 x + 2 by mean 1, variance 16, gamma 2, beta 5: (3 x + 2 - 1) 2 / 4 + 5. */
static void a_convolutions_own_bias_is_folded_too(void **state)
{
    static const enum rn_param_role roles[] = {RN_PARAM_WEIGHT, RN_PARAM_BIAS, RN_PARAM_GAMMA,
                                               RN_PARAM_BETA,   RN_PARAM_MEAN, RN_PARAM_VAR};
    float values[] = {3, 2, 2, 5, 1, 16};
    struct rn_param params[6];
    struct rn_node nodes[] = {
        {.op = RN_OP_INPUT, .name = "input", .out = {1, 1, 1}},
        {.op = RN_OP_CONV, .name = "conv", .n_in = 1, .out = {1, 1, 1}, .n_params = 2},
        {.op = RN_OP_BN, .n_in = 1, .in = {1}, .out = {1, 1, 1}, .n_params = 4, .param = 2},
    };
    struct rn_graph graph = {
        .n_nodes = 3, .nodes = nodes, .n_params = 6, .params = params, .n_values = 6};
    struct rn_trained net = {.graph = &graph, .values = values};
    struct rn_folded folded = {0};

    (void)state;
    for (size_t i = 0; i < 6; i++)
        params[i] = (struct rn_param){
            .name = "p", .role = roles[i], .ndim = 1, .dim = {1}, .size = 1, .offset = i};
    assert_int_equal(rn_fold(&net, &folded, NULL), RN_OK);
    assert_int_equal(folded.n, 2);
    assert_true(folded.layers[1].weight.data[0] == 1.5f);
    assert_true(folded.layers[1].bias.data[0] == 5.5f);
    rn_fold_release(&folded);
}

/* A normalization that two read, or that reads no convolution, stays as scale and shift. */
static void a_normalization_alone_stays(void **state)
{
    struct rn_trained net = make_trained(&export_nets[0], false);
    struct rn_graph *graph = net.graph;
    struct rn_folded folded = {0};
    struct rn_node *act = &graph->nodes[3], *bn = &graph->nodes[2];
    struct rn_buf file;
    const float *p = net.values;
    double scale;

    (void)state;
    assert_true(bn->op == RN_OP_BN && act->op == RN_OP_ACT);
    act->op = RN_OP_ADD; /* the convolution beside its normalization */
    act->n_in = 2;
    act->in[1] = 1;
    assert_int_equal(rn_fold(&net, &folded, NULL), RN_OK);
    assert_ptr_equal(folded.layers[2].node, bn);
    assert_int_equal(folded.layers[2].weight.n, 8);
    assert_null(folded.layers[1].bias.data);
    scale = p[graph->params[bn->param].offset] /
            sqrt(p[graph->params[bn->param + 3].offset] + net.bn_eps);
    assert_true(fabs(folded.layers[2].weight.data[0] - scale) < 1e-6);
    rn_fold_release(&folded);
    file = exported(&net);
    assert_non_null(memmem(file.data, file.len, "stem.bn/scaled", strlen("stem.bn/scaled")));
    rn_buf_release(&file);
    rn_trained_release(&net);
}

static void an_operator_without_a_form_is_named(void **state)
{
    struct rn_trained net = make_trained(&export_nets[0], false);
    struct rn_err err = {0};

    (void)state;
    net.graph->nodes[3].op = RN_OP_INPUT; /* the one that nothing computes */
    assert_int_equal(rn_export_onnx(&net, path, &err), RN_E_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "stem.af"));
    rn_trained_release(&net);
}

/* No room: an error, the old file still there, and nothing beside it. */
static void a_full_disk_leaves_what_was_there(void **state)
{
    struct rn_trained net = make_trained(&export_nets[0], false);
    struct rlimit old, small = {0};
    char beside[64];
    struct rn_err err = {0};
    struct stat st;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){1000, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(rn_export_onnx(&net, path, &err), RN_E_IO);
    assert_int_equal(rn_export_c(&net, path, &err), RN_E_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_non_null(strstr(err.msg, path));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 0);
    snprintf(beside, sizeof beside, "%s.tmp%ld", path, (long)getpid());
    assert_int_equal(stat(beside, &st), -1);
    assert_int_equal(rn_export_onnx(&net, "/dev/full", &err), RN_E_IO);
    assert_int_equal(rn_export_c(&net, "/dev/full", &err), RN_E_IO);
    rn_trained_release(&net);
}

static void any_allocation_may_fail(void **state)
{
    struct rn_trained net = make_trained(&export_nets[0], true);

    (void)state;
    for (long n = 0; n < 8; n++) {
        struct rn_err err = {0};
        rn_mem_fail_at(n);
        assert_int_equal(rn_export_onnx(&net, path, &err), RN_E_NOMEM);
        rn_mem_fail_at(n < 7 ? n : 6);
        assert_int_equal(rn_export_c(&net, path, &err), RN_E_NOMEM);
        rn_mem_fail_at(-1);
    }
    rn_trained_release(&net);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_file, remove_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_no_field_is_not_read),
        TEST(every_network_is_written_and_reads_back),
        TEST(the_structure_is_the_networks),
        TEST(the_same_network_gives_the_same_bytes),
        TEST(damage_is_found),
        TEST(a_convolutions_own_bias_is_folded_too),
        TEST(a_normalization_alone_stays),
        TEST(an_operator_without_a_form_is_named),
        TEST(a_full_disk_leaves_what_was_there),
        TEST(any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
