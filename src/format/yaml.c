/* The YAML reader: libyaml's events to a tree. */
#include <string.h>

#include <yaml.h>

#include "format/doc.h"
#include "regnet/memory.h"

struct reader {
    yaml_parser_t parser;
    struct rn_doc *doc;
    const char *name;
    struct rn_err *err;
};

static struct rn_value place_of(const struct reader *reader, const yaml_event_t *event)
{
    return (struct rn_value){.line = (int)event->start_mark.line + 1,
                             .column = (int)event->start_mark.column + 1,
                             .file = reader->name};
}

static enum rn_status parser_error(struct reader *reader)
{
    const yaml_parser_t *p = &reader->parser;
    struct rn_value place = {.file = reader->name,
                             .line = (int)p->problem_mark.line + 1,
                             .column = (int)p->problem_mark.column + 1};

    if (p->error == YAML_MEMORY_ERROR)
        return rn_fail(reader->err, RN_E_NOMEM, "%s: out of memory", reader->name);
    if (p->error == YAML_READER_ERROR)
        return rn_fail(reader->err, RN_E_CONFIG, "%s: not YAML: %s (byte %zu)", reader->name,
                       p->problem, p->problem_offset);
    return rn_value_fail(&place, reader->err, "not YAML: %s%s%s", p->context ? p->context : "",
                         p->context ? ", " : "", p->problem ? p->problem : "cannot be read");
}

static enum rn_status next_event(struct reader *reader, yaml_event_t *event)
{
    return yaml_parser_parse(&reader->parser, event) ? RN_OK : parser_error(reader);
}

/* What YAML can say and a configuration has no use for. */
static enum rn_status refuse_extras(struct reader *reader, const yaml_event_t *event)
{
    struct rn_value place = place_of(reader, event);
    const yaml_char_t *anchor = NULL, *tag = NULL;

    if (event->type == YAML_ALIAS_EVENT) {
        anchor = event->data.alias.anchor;
    } else if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor)
        return rn_value_fail(&place, reader->err,
                             "anchors and aliases are not accepted (%.60s); write the value out",
                             (const char *)anchor);
    if (tag)
        return rn_value_fail(&place, reader->err, "tags are not accepted (%.60s); remove it",
                             (const char *)tag);
    return RN_OK;
}

static enum rn_status read_value(struct reader *reader, const yaml_event_t *event, int depth,
                                 struct rn_value *out);

/* The children up to the end event: items of a list, or keys and items of a map in turn. */
static enum rn_status read_children(struct reader *reader, int depth, struct rn_value *parent)
{
    bool map = parent->kind == RN_VALUE_MAP;
    struct rn_children children = {0};
    yaml_event_t event = {0};
    enum rn_status status;

    for (bool is_key = map;; is_key = map && !is_key) {
        RN_TRY(next_event(reader, &event));
        if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT)
            break;
        RN_TRY(rn_children_grow(&children, map, reader->err));
        if (is_key) {
            struct rn_value *key = &children.keys[children.n];

            RN_TRY(read_value(reader, &event, depth, key));
            if (key->kind != RN_VALUE_SCALAR) {
                status = rn_value_fail(key, reader->err, "a key must be a text");
                goto done;
            }
        } else {
            RN_TRY(read_value(reader, &event, depth, &children.items[children.n]));
            children.n++;
        }
        yaml_event_delete(&event);
    }
    status = rn_doc_nested(reader->doc, parent, &children, reader->err);
done:
    yaml_event_delete(&event);
    rn_children_release(&children);
    return status;
}

static enum rn_status read_value(struct reader *reader, const yaml_event_t *event, int depth,
                                 struct rn_value *out)
{
    enum rn_status status;

    RN_TRY(refuse_extras(reader, event));
    *out = place_of(reader, event);
    if (event->type == YAML_SCALAR_EVENT)
        return rn_doc_scalar(reader->doc, out, (const char *)event->data.scalar.value,
                             event->data.scalar.length,
                             event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE, reader->err);
    if (depth == RN_DOC_DEPTH)
        return rn_value_fail(out, reader->err, "nested deeper than %d levels", RN_DOC_DEPTH);
    out->kind = event->type == YAML_MAPPING_START_EVENT ? RN_VALUE_MAP : RN_VALUE_LIST;
    status = read_children(reader, depth + 1, out);
done:
    return status;
}

/* One document, or none: then the root stays the empty map that it is. */
static enum rn_status read_stream(struct reader *reader)
{
    yaml_event_t event = {0};
    struct rn_value place;
    enum rn_status status;

    for (;;) {
        RN_TRY(next_event(reader, &event));
        if (event.type == YAML_STREAM_END_EVENT)
            break;
        place = place_of(reader, &event);
        if (event.type == YAML_DOCUMENT_START_EVENT && rn_doc_root(reader->doc)->line > 0) {
            status = rn_value_fail(&place, reader->err,
                                   "a second document begins here; one is expected in a file");
            goto done;
        }
        if (event.type == YAML_DOCUMENT_START_EVENT || event.type == YAML_DOCUMENT_END_EVENT ||
            event.type == YAML_STREAM_START_EVENT) {
            yaml_event_delete(&event);
            continue;
        }
        RN_TRY(read_value(reader, &event, 0, rn_doc_top(reader->doc)));
        yaml_event_delete(&event);
    }
done:
    yaml_event_delete(&event);
    return status;
}

enum rn_status rn_doc_parse_yaml(const char *text, size_t len, const char *name,
                                 struct rn_doc **doc, struct rn_err *err)
{
    struct reader reader = {.name = name, .err = err};
    enum rn_status status;

    if (!yaml_parser_initialize(&reader.parser))
        return rn_nomem(err, 0, "a YAML parser");
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)(text ? text : ""), len);
    RN_TRY(rn_doc_new(name, &reader.doc, err));
    RN_TRY(read_stream(&reader));
    *doc = reader.doc;
    reader.doc = NULL;
done:
    rn_doc_free(reader.doc);
    yaml_parser_delete(&reader.parser);
    return status;
}
