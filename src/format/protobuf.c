/* Protocol buffers' wire format: a field is a key (its number and kind), then a number or bytes. */
#include "regnet/protobuf.h"

#include <string.h>

#define VARINT_MAX 10 /* bytes of a 64-bit number, seven bits each */

enum wire { WIRE_VARINT = 0, WIRE_DOUBLE = 1, WIRE_BYTES = 2, WIRE_FLOAT = 5 };

static size_t varint(uint64_t value, uint8_t *out)
{
    size_t n = 0;

    for (; value >= 0x80; value >>= 7)
        out[n++] = (uint8_t)(value | 0x80);
    out[n++] = (uint8_t)value;
    return n;
}

static void add(struct rn_pb *pb, const void *data, size_t len)
{
    if (pb->status == RN_OK)
        pb->status = rn_buf_add(&pb->buf, data, len, pb->err);
}

static void add_varint(struct rn_pb *pb, uint64_t value)
{
    uint8_t bytes[VARINT_MAX];

    add(pb, bytes, varint(value, bytes));
}

static void add_key(struct rn_pb *pb, int field, enum wire wire)
{
    add_varint(pb, (uint64_t)field << 3 | (uint64_t)wire);
}

void rn_pb_int(struct rn_pb *pb, int field, int64_t value)
{
    add_key(pb, field, WIRE_VARINT);
    add_varint(pb, (uint64_t)value);
}

void rn_pb_float(struct rn_pb *pb, int field, float value)
{
    add_key(pb, field, WIRE_FLOAT);
    add(pb, &value, sizeof value); /* little-endian, as the machines that we know */
}

void rn_pb_double(struct rn_pb *pb, int field, double value)
{
    add_key(pb, field, WIRE_DOUBLE);
    add(pb, &value, sizeof value);
}

void rn_pb_bytes(struct rn_pb *pb, int field, const void *data, size_t len)
{
    add_key(pb, field, WIRE_BYTES);
    add_varint(pb, len);
    add(pb, data, len);
}

void rn_pb_text(struct rn_pb *pb, int field, const char *text)
{
    rn_pb_bytes(pb, field, text, strlen(text));
}

size_t rn_pb_open(struct rn_pb *pb, int field)
{
    add_key(pb, field, WIRE_BYTES);
    return pb->buf.len;
}

void rn_pb_close(struct rn_pb *pb, size_t opened)
{
    uint8_t bytes[VARINT_MAX];
    size_t len = pb->buf.len - opened, n = varint(len, bytes);

    add(pb, bytes, n); /* room for the length, which moves to the front */
    if (pb->status != RN_OK)
        return;
    memmove(pb->buf.data + opened + n, pb->buf.data + opened, len);
    memcpy(pb->buf.data + opened, bytes, n);
}

static bool take_varint(struct rn_pb_span *rest, uint64_t *value)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < VARINT_MAX && i < rest->len; i++) {
        sum |= (uint64_t)(rest->data[i] & 0x7f) << (7 * i);
        if (rest->data[i] & 0x80)
            continue;
        rest->data += i + 1;
        rest->len -= i + 1;
        *value = sum;
        return true;
    }
    return false;
}

bool rn_pb_next(struct rn_pb_span *rest, struct rn_pb_field *field)
{
    struct rn_pb_span at = *rest;
    struct rn_pb_field found = {0};
    uint64_t key, value;

    if (!take_varint(&at, &key) || key >> 3 == 0 || key >> 3 > INT32_MAX ||
        !take_varint(&at, &value))
        return false;
    found.number = (int)(key >> 3);
    found.is_bytes = (key & 7) == WIRE_BYTES;
    if (!found.is_bytes && (key & 7) != WIRE_VARINT)
        return false;
    if (found.is_bytes) {
        if (value > at.len)
            return false;
        found.bytes = (struct rn_pb_span){at.data, (size_t)value};
        at.data += value;
        at.len -= (size_t)value;
    } else {
        found.value = (int64_t)value;
    }
    *rest = at;
    *field = found;
    return true;
}
