/* The C file: its head comment, the values, the functions that the layers need, and predict. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "export/c_layers.h"
#include "export/place.h"
#include "regnet/export.h"
#include "regnet/file.h"

#define NAME_MAX_BYTES 64
#define EXPRESSION 32 /* bytes of "memory + OFFSET" */

struct source {
    const struct rn_trained *net;
    struct rn_folded folded;
    int64_t *offset, memory; /* place.h */
    char name[NAME_MAX_BYTES], upper[NAME_MAX_BYTES];
    struct rn_buf text;
    struct rn_err *err;
};

/* The file's name without folder and ending, as a C identifier. */
static void name_source(struct source *s, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t len = strcspn(base, "."), n = 0;

    if (len == 0 || isdigit((unsigned char)*base))
        s->name[n++] = '_';
    for (size_t i = 0; i < len && n + 1 < sizeof s->name; i++)
        s->name[n++] = isalnum((unsigned char)base[i]) ? base[i] : '_';
    for (size_t i = 0; i < n; i++)
        s->upper[i] = (char)toupper((unsigned char)s->name[i]);
}

/* Where a layer's output lies, as an expression. */
static const char *place_of(const struct source *s, int layer, char *out)
{
    if (layer == 0)
        return "image";
    if (layer == s->folded.n - 1)
        return "logits";
    snprintf(out, EXPRESSION, "memory + %lld", (long long)s->offset[layer]);
    return out;
}

static enum rn_status put_preprocessing(struct source *s)
{
    const struct rn_preprocessing *images = &s->net->images;

    return rn_buf_addf(
        &s->text, s->err,
        " * A value is (p / 255 - mean) / std of a pixel p, 0 to 255; for red, green and\n"
        " * blue mean %.9g, %.9g, %.9g, std %.9g, %.9g, %.9g.%s\n",
        images->mean[0], images->mean[1], images->mean[2], images->std[0], images->std[1],
        images->std[2],
        images->channels == 1 ? "\n * The network knows grey images: the three values of a pixel "
                                "are equal."
                              : "");
}

static enum rn_status put_head(struct source *s)
{
    struct rn_shape in = s->folded.layers[0].node->out;
    struct rn_complexity cx = rn_graph_complexity(s->net->graph);
    enum rn_status status;

    RN_TRY(
        rn_buf_addf(&s->text, s->err,
                    "/*\n * %s: a network with its weights, written by regnet export.\n"
                    " * %lld multiply-adds, %lld parameters. C99 and libm; nothing is allocated.\n"
                    " *\n *     void %s_predict(const float *image, float *logits);\n *\n"
                    " * image: %d x %d pixels, row by row, of three values: %s.\n",
                    s->name, (long long)cx.flops, (long long)cx.params, s->name, in.h, in.w,
                    s->net->images.bgr ? "blue, green, red" : "red, green, blue"));
    RN_TRY(put_preprocessing(s));
    RN_TRY(rn_buf_addf(&s->text, s->err,
                       " * logits: %d values, one a class%s%s%s; the largest is the answer.\n"
                       " * It works in %lld static bytes, so one call at a time.\n"
                       " * With -D%s_MAIN the file is a program: floats of an image on standard "
                       "input, logits on\n * standard output.\n */\n",
                       s->net->graph->arch.num_classes, s->net->classes ? ", in the order of " : "",
                       s->net->classes ? s->name : "", s->net->classes ? "_classes" : "",
                       (long long)(s->memory * (int64_t)sizeof(float)), s->upper));
done:
    return status;
}

/* Exactly: a hexadecimal constant. */
static enum rn_status put_float(struct source *s, float value)
{
    uint32_t bits;
    unsigned exponent;

    memcpy(&bits, &value, sizeof bits);
    exponent = bits >> 23 & 0xff;
    if (value == 0)
        return rn_buf_addf(&s->text, s->err, "0,");
    return rn_buf_addf(&s->text, s->err, "%s0x%d.%06xp%df,", bits >> 31 ? "-" : "", exponent > 0,
                       (bits & 0x7fffff) << 1, exponent ? (int)exponent - 127 : -126);
}

static enum rn_status put_values(struct source *s, int layer, const char *what,
                                 const struct rn_layer_values *values)
{
    const char *name = s->folded.layers[layer].node->name;
    enum rn_status status;

    if (!values->data)
        return RN_OK;
    RN_TRY(rn_buf_addf(&s->text, s->err, "/* %s */\nstatic const float %s_%d[%zu] = {", name, what,
                       layer, values->n));
    for (size_t i = 0; i < values->n; i++) {
        if (values->data[i] - values->data[i] != 0)
            return rn_fail(s->err, RN_E_DATA, "%s: a %s is not finite, which C has no constant for",
                           name, what);
        if (i % 6 == 0)
            RN_TRY(rn_buf_addf(&s->text, s->err, "\n    "));
        RN_TRY(put_float(s, values->data[i]));
    }
    RN_TRY(rn_buf_addf(&s->text, s->err, "\n};\n"));
done:
    return status;
}

/* A string constant; bytes that C might read as something else in octal. */
static enum rn_status put_string(struct source *s, const char *text)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(&s->text, s->err, "\""));
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < ' ' || c > '~' || strchr("\"\\?", c))
            RN_TRY(rn_buf_addf(&s->text, s->err, "\\%03o", c));
        else
            RN_TRY(rn_buf_addf(&s->text, s->err, "%c", c));
    }
    RN_TRY(rn_buf_addf(&s->text, s->err, "\""));
done:
    return status;
}

static enum rn_status put_classes(struct source *s)
{
    int n = s->net->graph->arch.num_classes;
    enum rn_status status;

    if (!s->net->classes)
        return RN_OK;
    RN_TRY(rn_buf_addf(&s->text, s->err, "\nconst char *const %s_classes[%d] = {\n", s->name, n));
    for (int k = 0; k < n; k++) {
        RN_TRY(rn_buf_addf(&s->text, s->err, "    "));
        RN_TRY(put_string(s, s->net->classes[k]));
        RN_TRY(rn_buf_addf(&s->text, s->err, ",\n"));
    }
    RN_TRY(rn_buf_addf(&s->text, s->err, "};\n"));
done:
    return status;
}

/* The functions that layers call, each once, in the order of the layers. */
static enum rn_status put_functions(struct source *s)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(&s->text, s->err, "\n%s", rn_c_preamble));
    for (int i = 1; i < s->folded.n; i++) {
        const struct rn_node *node = s->folded.layers[i].node;
        const struct rn_c_function *function = rn_c_function_of(node);
        bool written = false;

        if (!function)
            return rn_fail(s->err, RN_E_UNSUPPORTED, "node %s: operator %s has no form in C",
                           node->name, rn_op_text(node->op));
        for (int j = 1; j < i && !written; j++)
            written = rn_c_function_of(s->folded.layers[j].node)->text == function->text;
        if (!written)
            RN_TRY(rn_buf_addf(&s->text, s->err, "%s\n", function->text));
    }
done:
    return status;
}

static enum rn_status put_call(struct source *s, int layer)
{
    const struct rn_folded_layer *l = &s->folded.layers[layer];
    char x[RN_NODE_INPUTS][EXPRESSION], y[EXPRESSION];
    struct rn_c_call call = {.net = &s->folded, .layer = layer, .y = place_of(s, layer, y)};
    enum rn_status status;

    for (int i = 0; i < l->node->n_in; i++)
        call.x[i] = place_of(s, l->in[i], x[i]);
    RN_TRY(rn_buf_addf(&s->text, s->err, "    "));
    RN_TRY(rn_c_function_of(l->node)->call(&call, &s->text, s->err));
    RN_TRY(rn_buf_addf(&s->text, s->err, " /* %s */\n", l->node->name));
done:
    return status;
}

static enum rn_status put_predict(struct source *s)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(&s->text, s->err,
                       "void %s_predict(const float *image, float *logits);\n\n"
                       "void %s_predict(const float *image, float *logits)\n{\n"
                       "    static float memory[%lld];\n\n",
                       s->name, s->name, (long long)s->memory));
    for (int i = 1; i < s->folded.n; i++)
        RN_TRY(put_call(s, i));
    RN_TRY(rn_buf_addf(&s->text, s->err, "}\n"));
done:
    return status;
}

static enum rn_status put_main(struct source *s)
{
    struct rn_shape in = s->folded.layers[0].node->out;
    int classes = s->net->graph->arch.num_classes;
    bool named = s->net->classes != NULL;

    return rn_buf_addf(
        &s->text, s->err,
        "\n#ifdef %s_MAIN\n#include <stdio.h>\n\nint main(void)\n{\n"
        "    static float image[%d], logits[%d];\n\n"
        "    if (fread(image, sizeof image, 1, stdin) != 1) {\n"
        "        fputs(\"%s: an image of %d floats is expected on standard input\\n\", stderr);\n"
        "        return 1;\n    }\n"
        "    %s_predict(image, logits);\n"
        "    for (int k = 0; k < %d; k++)\n"
        "        printf(\"%%.9g%s\\n\", (double)logits[k]%s%s%s);\n"
        "    return 0;\n}\n#endif\n",
        s->upper, in.h * in.w * in.c, classes, s->name, in.h * in.w * in.c, s->name, classes,
        named ? "  %s" : "", named ? ", " : "", named ? s->name : "", named ? "_classes[k]" : "");
}

static enum rn_status put_all(struct source *s)
{
    enum rn_status status;

    RN_TRY(put_head(s));
    RN_TRY(rn_buf_addf(&s->text, s->err, "#include <math.h>\n"));
    RN_TRY(put_classes(s));
    RN_TRY(put_functions(s));
    for (int i = 1; i < s->folded.n; i++) {
        RN_TRY(put_values(s, i, "weight", &s->folded.layers[i].weight));
        RN_TRY(put_values(s, i, "bias", &s->folded.layers[i].bias));
    }
    RN_TRY(rn_buf_addf(&s->text, s->err, "\n"));
    RN_TRY(put_predict(s));
    RN_TRY(put_main(s));
done:
    return status;
}

enum rn_status rn_export_c(const struct rn_trained *net, const char *path, struct rn_err *err)
{
    struct source s = {.net = net, .err = err};
    enum rn_status status;

    name_source(&s, path);
    RN_TRY(rn_fold(net, &s.folded, err));
    s.offset = rn_alloc((size_t)s.folded.n, sizeof *s.offset);
    if (!s.offset) {
        status = rn_nomem(err, (size_t)s.folded.n * sizeof *s.offset, "a plan of memory");
        goto done;
    }
    RN_TRY(rn_place(&s.folded, s.offset, &s.memory, err));
    RN_TRY(put_all(&s));
    RN_TRY(rn_file_write(path, s.text.data, s.text.len, err));
done:
    rn_buf_release(&s.text);
    rn_free(s.offset);
    rn_fold_release(&s.folded);
    return status;
}
