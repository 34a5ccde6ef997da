/* PyTorch checkpoints: read, written, and refused when they lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/zip.h"
#include "regnet/file.h"
#include "regnet/torch.h"

#define ONE(n) "K" n /* BININT1 */
#define STORAGE(type, key, n) \
    "(X\7\0\0\0storagectorch\n" type "Storage\nX\1\0\0\0" key "X\3\0\0\0cpu" n "tQ"
#define TENSOR(storage, offset, shape, strides) \
    "ctorch._utils\n_rebuild_tensor_v2\n(" storage offset shape strides "\x89)tR"
#define FOUR TENSOR(STORAGE("Float", "0", ONE("\4")), ONE("\0"), ONE("\4") "\x85", ONE("\1") "\x85")
#define DICT(value) "\x80\2}X\1\0\0\0w" value "s."

static const float four[4] = {1, 2, 3, 4};

/* The pickle in an archive with four floats as storage 0 and one byte as storage 1. */
static void archive(const char *pickle, size_t len, struct rn_zip_writer *zip)
{
    *zip = (struct rn_zip_writer){0};
    assert_int_equal(rn_zip_add(zip, "a/data.pkl", pickle, len, NULL), RN_OK);
    assert_int_equal(rn_zip_add(zip, "a/data/0", four, sizeof four, NULL), RN_OK);
    assert_int_equal(rn_zip_add(zip, "a/data/1", "", 1, NULL), RN_OK);
    assert_int_equal(rn_zip_end(zip, NULL), RN_OK);
}

static void refused_bytes(const void *bytes, size_t len, const char *message)
{
    struct rn_tensor_file file = {0};
    struct rn_err err = {0};

    assert_int_equal(rn_torch_parse(bytes, len, "t", &file, &err), RN_E_DATA);
    assert_null(file.owner);
    if (strncmp(err.msg, "t:", 2) != 0 || !strstr(err.msg, message))
        fail_msg("\"%s\" is not in \"%s\"", message, err.msg);
}

static void a_peers_file_is_read(void **state)
{
    struct rn_tensor_file file = {0};
    const struct rn_tensor *tensor;
    struct rn_err err = {0};

    (void)state;
    if (rn_torch_read("tests/golden/peer.pth", &file, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(file.n, 7);
    tensor = rn_tensor_find(&file, "conv.weight"); /* saved in channels_last */
    assert_int_equal(tensor->ndim, 4);
    for (int i = 0; i < 24; i++)
        assert_true(tensor->data[i] == (float)i);
    tensor = rn_tensor_find(&file, "transposed");
    assert_int_equal(tensor->dim[0], 3);
    assert_true(tensor->data[1] == 3 && tensor->data[2] == 1);
    assert_true(rn_tensor_find(&file, "slice")->data[0] == 4);
    assert_true(rn_tensor_find(&file, "half")->data[1] == -2.5F);
    assert_true(rn_tensor_find(&file, "bfloat")->data[0] == 1.5F);
    assert_int_equal(rn_tensor_find(&file, "empty")->dim[1], 0);
    assert_true(rn_tensor_find(&file, "bn.num_batches_tracked")->data[0] == 391);
    assert_string_equal(rn_metadata_find(&file, "regnet.config"), "MODEL: {TYPE: regnet}\n");
    rn_tensor_file_release(&file);
}

#define P(bytes) bytes, sizeof(bytes) - 1
#define KEY(text, len) "X" len "\0\0\0" text
#define ERRORS(test_err, ema_err) KEY("test_err", "\10") test_err KEY("ema_err", "\7") ema_err
#define W_AT(offset) "}X\1\0\0\0w" TENSOR(STORAGE("Float", "0", ONE("\4")), offset, ")", ")") "s"
#define PYCLS(errors)                                                                            \
    "\x80\2}(" KEY("model_state", "\13") W_AT(ONE("\0")) KEY("ema_state", "\11") W_AT(ONE("\1")) \
        errors "u."
#define TWENTY "G\x40\x34\0\0\0\0\0\0"
#define THIRTY "G\x40\x3e\0\0\0\0\0\0"

/* Of pycls' two models the one that was better, and the plain one if nothing is known. */
static void the_better_of_two_models_is_taken(void **state)
{
    static const struct {
        const char *pickle;
        size_t len;
        float w;
    } cases[] = {
        {P(PYCLS(ERRORS(TWENTY, THIRTY))), 1},      {P(PYCLS(ERRORS(THIRTY, TWENTY))), 2},
        {P(PYCLS(ERRORS(TWENTY, TWENTY))), 1},      {P(PYCLS("")), 1},
        {P(PYCLS(KEY("ema_err", "\7") TWENTY)), 2}, {P(PYCLS(KEY("test_err", "\10") TWENTY)), 1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_tensor_file file = {0};
        struct rn_zip_writer zip;
        struct rn_err err = {0};
        archive(cases[i].pickle, cases[i].len, &zip);
        if (rn_torch_parse(zip.out.data, zip.out.len, "two.pyth", &file, &err) != RN_OK)
            fail_msg("%s", err.msg);
        assert_true(rn_tensor_find(&file, "w")->data[0] == cases[i].w);
        rn_tensor_file_release(&file);
        rn_zip_writer_release(&zip);
    }
}

static void what_is_written_reads_back(void **state)
{
    static const float values[6] = {1, 2, 3, 4, 5, 6};
    const struct rn_tensor tensors[] = {{.name = "b", .ndim = 2, .dim = {2, 3}, .data = values},
                                        {.name = "a", .ndim = 0, .data = values + 4}};
    const struct rn_metadata metadata[] = {{"regnet.config", "MODEL: {}"},
                                           {"regnet.classes", "[]"}};
    char path[] = "/tmp/regnet-test-XXXXXX";
    struct rn_tensor_file file = {0};
    struct rn_buf bytes = {0}, again = {0};

    (void)state;
    close(mkstemp(path));
    for (size_t n_metadata = 0; n_metadata <= 2; n_metadata += 2) {
        assert_int_equal(rn_torch_write(path, tensors, 2, metadata, n_metadata, NULL), RN_OK);
        assert_int_equal(rn_file_read(path, 1 << 20, &bytes, NULL), RN_OK);
        assert_int_equal(rn_tensor_file_read(path, &file, NULL), RN_OK);
        assert_int_equal(file.n, 2);
        assert_int_equal(file.n_metadata, n_metadata);
        assert_memory_equal(rn_tensor_find(&file, "b")->data, values, sizeof values);
        assert_true(rn_tensor_find(&file, "a")->ndim == 0);
        rn_tensor_file_release(&file);
        assert_int_equal(rn_torch_write(path, tensors, 2, metadata, n_metadata, NULL), RN_OK);
        assert_int_equal(rn_file_read(path, 1 << 20, &again, NULL), RN_OK);
        assert_int_equal(bytes.len, again.len);
        assert_memory_equal(bytes.data, again.data, bytes.len);
    }
    assert_int_equal(
        rn_torch_write(path, (struct rn_tensor[]){tensors[0], tensors[0]}, 2, NULL, 0, NULL),
        RN_E_CONFIG);
    rn_buf_release(&bytes);
    rn_buf_release(&again);
    unlink(path);
}

static void hostile_pickles_are_refused(void **state)
{
    static const struct {
        const char *pickle;
        size_t len;
        const char *message;
    } cases[] = {
        {P("\x80\2cposix\nsystem\nX\6\0\0\0reboot\x85R."), "it wants posix.system"},
        {P("\x80\2cbuiltins\neval\nX\1\0\0\0"
           "1\x85R."),
         "it wants builtins.eval"},
        {P("\x80\4\x8c\2os\x8c\6system\x93."), "it wants os.system"},
        {P("\x80\2ctorch\nload\n)R."), "it wants torch.load"},
        {P("\x80\2ctorch._utils"), "the name of a global is cut off"},
        {P("\x80\4"
           ")"
           "\x8c\1a\x93."),
         "the name of a global is not a text"},
        {P("\x80\6."), "a protocol that is not known"},
        {P("\x80\4\x95\xff\xff\xff\xff\xff\xff\xff\x7f."), "a frame larger than the pickle"},
        {P("\x80\2X\xff\xff\xff\xff"
           "a."),
         "goes beyond the end"},
        {P("\x80\4\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
           "a."),
         "goes beyond the end"},
        {P("\x80\2\x8a\x09"
           "123456789."),
         "an integer of more than 64 bits"},
        {P("\x80\2j\xff\xff\xff\xff."), "a memo that was never made"},
        {P("\x80\2Nr\xff\xff\xff\xff."), "a memo beyond 2^20"},
        {P("\x80\2Nq\5h\4."), "a memo that was never made"},
        {P("\x80\2."), "more or less than one value"},
        {P("\x80\2NN."), "more or less than one value"},
        {P("\x80\2N(."), "more or less than one value"},
        {P("\x80\2N"), "it ends without a STOP"},
        {P("\x80\2t."), "wants a mark and there is none"},
        {P("\x80\2}(Xa"), "goes beyond the end"},
        {P("\x80\2}(Nu."), "a key without a value"},
        {P("\x80\2N(NNu."), "keys and values for what is no dict"},
        {P("\x80\2}Na."), "items for what is no list"},
        {P("\x80\2}s."), "takes more than there is on the stack"},
        {P("\x80\2N(\x85."), "takes more than there is on the stack"},
        {P("\x80\2N)R."), "it calls what cannot be called"},
        {P("\x80\2ctorch\nFloatStorage\n)R."), "it calls what cannot be called"},
        {P("\x80\2ccollections\nOrderedDict\n]R."), "arguments that are no tuple"},
        {P("\x80\2ccollections\nOrderedDict\n]\x85R."), "an OrderedDict with arguments"},
        {P("\x80\2ctorch._utils\n_rebuild_parameter\n)R."), "a parameter without a tensor"},
        {P("\x80\2N}b."), "attributes for what has none"},
        {P("\x80\2NQ."), "a persistent id that is no tuple"},
        {P("\x80\2I1\n."), "opcode 0x49, which no checkpoint needs"},
        {P("\x80\2P0\n."), "opcode 0x50"},
        {P("\x80\2ccopyreg\n_reconstructor\n."), "it wants copyreg._reconstructor"},
        {P("\x80\2\x82\1."), "opcode 0x82"},
        {P("\x80\2]q\0h\0a."), "no state dict"},
        {P(DICT("N")), "no state dict"},
        {P("\x80\2}X\5\0\0\0model}X\1\0\0\0aK\1ss."), "a: an integer where a tensor is expected"},
        {P("\x80\2}K\1" FOUR "s."), "a key of its state dict is not a text"},
        {P("\x80\2}X\1\0\0\0\0" FOUR "s."), "with a zero byte in it"},
        {P("\x80\2}(X\1\0\0\0w" FOUR "X\1\0\0\0w" FOUR "u."), "two tensors named w"},
        {P(DICT(TENSOR(STORAGE("Float", "9", ONE("\4")), ONE("\0"), ")", ")"))),
         "w: its storage is missing"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\5")), ONE("\0"), ")", ")"))),
         "w: its storage has another size"},
        {P(DICT(TENSOR(STORAGE("Float", "1", ONE("\0")), ONE("\0"), ")", ")"))),
         "w: its storage has another size"},
        {P(DICT(TENSOR(STORAGE("Float", "0", "J\xfc\xff\xff\xff"), ONE("\0"), ")", ")"))),
         "w: its storage has another size"},
        {P(DICT(TENSOR("K\0", ONE("\0"), ")", ")"))), "its storage is not described"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\4")), "J\xff\xff\xff\xff", ")", ")"))),
         "its offset is not a count"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\4")), ONE("\4"), ")", ")"))),
         "it reaches beyond its storage"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\4")), ONE("\0"), ONE("\5") "\x85",
                       ONE("\1") "\x85"))),
         "it reaches beyond its storage"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\4")), ONE("\0"), "J\xff\xff\xff\x7f\x85",
                       ONE("\0") "\x85"))),
         "more elements than its storage"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\4")), ONE("\0"), ONE("\4") "\x85", ")"))),
         "not two tuples of one length"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\4")), ONE("\0"), "J\xff\xff\xff\xff\x85",
                       ONE("\1") "\x85"))),
         "a dimension or a stride that is not a count"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\4")), ONE("\0"),
                       "\x8a\x08\0\0\0\0\0\0\0\x40\x8a\x08\0\0\0\0\0\0\0\x40\x86", "K\0K\0\x86"))),
         "a shape too large"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\4")), ONE("\0"), "K\3\x85",
                       "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85"))),
         "it reaches beyond its storage"},
        {P(DICT(TENSOR(STORAGE("Float", "0", ONE("\4")), ONE("\0"), "(K\1K\1K\1K\1K\1K\1K\1K\1K\1t",
                       "(K\1K\1K\1K\1K\1K\1K\1K\1K\1t"))),
         "more than 8 dimensions"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_zip_writer zip;
        archive(cases[i].pickle, cases[i].len, &zip);
        refused_bytes(zip.out.data, zip.out.len, cases[i].message);
        rn_zip_writer_release(&zip);
    }
}

/* What costs a few bytes in the file may not cost much more in memory: the limit of values. */
static void a_bomb_of_values_is_refused(void **state)
{
    size_t len = 3 << 20;
    char *pickle = malloc(len);
    struct rn_zip_writer zip;

    (void)state;
    memset(pickle, ']', len);
    archive(pickle, len, &zip);
    refused_bytes(zip.out.data, zip.out.len, "more than 2^20 values");
    rn_zip_writer_release(&zip);
    free(pickle);
}

/* One byte of the sound archive replaced, from its end. */
static void damaged_archives_are_refused(void **state)
{
    static const struct {
        int from_end; /* of the directory's last record, or of the end record */
        char byte;
        const char *message;
    } cases[] = {
        {22, 'X', "it has no directory"},
        {12, '\x7f', "more entries than its directory has room for"},
        {3, '\x7f', "its directory lies outside of the file"},
        {7, '\x7f', "its directory lies outside of the file"},
        {22 + 54, 'X', "fewer entries than it says"},
        {22 + 54 - 8, '\1', "it is encrypted"},
        {22 + 54 - 10, '\10', "it is compressed"},
        {22 + 54 - 20, '\2', "stored in another size"},
        {22 + 54 - 29, '\1', "an entry of its directory is cut off"},
        {22 + 54 - 42, '\1', "its header is not where"},
        {22 + 1, '9', "its header has another name"},
    };
    struct rn_zip_writer zip;

    (void)state;
    archive(P(DICT(FOUR)), &zip);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *at = zip.out.data + zip.out.len - cases[i].from_end, kept = *at;
        *at = cases[i].byte;
        refused_bytes(zip.out.data, zip.out.len, cases[i].message);
        *at = kept;
    }
    for (size_t len = 0; len < zip.out.len; len++) {
        char *cut = malloc(len ? len : 1);
        memcpy(cut, zip.out.data, len);
        refused_bytes(cut, len, "");
        free(cut);
    }
    rn_zip_writer_release(&zip);
}

static void other_files_are_refused_by_name(void **state)
{
    static const char legacy[] = "\x80\2\x8a\nl\xfc\x9c"
                                 "F\xf9 j\xa8P\x19.";
    struct rn_zip_writer zip = {0};

    (void)state;
    refused_bytes(P(legacy), "legacy format");
    refused_bytes(P("hello"), "not a checkpoint of PyTorch");
    assert_int_equal(rn_zip_add(&zip, "a/b", "", 0, NULL), RN_OK);
    assert_int_equal(rn_zip_end(&zip, NULL), RN_OK);
    refused_bytes(zip.out.data, zip.out.len, "a ZIP archive without data.pkl");
    rn_zip_writer_release(&zip);
    assert_int_equal(rn_zip_add(&zip, "a/data.pkl", P("\x80\2N."), NULL), RN_OK);
    assert_int_equal(rn_zip_add(&zip, "a/data.pkl", P("\x80\2N."), NULL), RN_OK);
    assert_int_equal(rn_zip_end(&zip, NULL), RN_OK);
    refused_bytes(zip.out.data, zip.out.len, "there are two of that name");
    rn_zip_writer_release(&zip);
    assert_int_equal(rn_zip_add(&zip, "a/data.pkl", P("\x80\2N."), NULL), RN_OK);
    assert_int_equal(rn_zip_add(&zip, "a/constants.pkl", "", 0, NULL), RN_OK);
    assert_int_equal(rn_zip_end(&zip, NULL), RN_OK);
    refused_bytes(zip.out.data, zip.out.len, "a TorchScript program");
    rn_zip_writer_release(&zip);
    assert_int_equal(rn_zip_add(&zip, "a/data.pkl", P("\x80\2N."), NULL), RN_OK);
    assert_int_equal(rn_zip_add(&zip, "a/byteorder", "big", 3, NULL), RN_OK);
    assert_int_equal(rn_zip_end(&zip, NULL), RN_OK);
    refused_bytes(zip.out.data, zip.out.len, "not little-endian");
    rn_zip_writer_release(&zip);
}

static void each_allocation_can_fail(void **state)
{
    enum rn_status status = RN_E_NOMEM;
    struct rn_zip_writer zip;

    (void)state;
    archive(P(DICT(FOUR)), &zip);
    for (long n = 0; status != RN_OK; n++) {
        struct rn_tensor_file file = {0};
        rn_mem_fail_at(n);
        status = rn_torch_parse(zip.out.data, zip.out.len, "t", &file, NULL);
        rn_mem_fail_at(-1);
        assert_true(status == RN_OK || status == RN_E_NOMEM);
        assert_true(n < 200);
        rn_tensor_file_release(&file);
    }
    rn_zip_writer_release(&zip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peers_file_is_read),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(the_better_of_two_models_is_taken),
        cmocka_unit_test(hostile_pickles_are_refused),
        cmocka_unit_test(a_bomb_of_values_is_refused),
        cmocka_unit_test(damaged_archives_are_refused),
        cmocka_unit_test(other_files_are_refused_by_name),
        cmocka_unit_test(each_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
