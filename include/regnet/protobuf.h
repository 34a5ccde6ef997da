/*
 * protobuf.h: protocol buffers' wire format, as much of it as ONNX and TensorBoard need.
 *
 * The writer appends fields to a buffer. A message within a message is opened and closed; its
 * length is put before it when it closes. The first failure is kept in status, and after it the
 * calls do nothing. The reader walks the fields of one message; a nested one is read with a reader
 * of its own. It believes no length that it has not compared with what is there.
 */
#ifndef REGNET_PROTOBUF_H
#define REGNET_PROTOBUF_H

#include <stdbool.h>
#include <stdint.h>

#include "regnet/memory.h"

struct rn_pb {
    struct rn_buf buf;
    enum rn_status status;
    struct rn_err *err;
};

void rn_pb_int(struct rn_pb *pb, int field, int64_t value);
void rn_pb_float(struct rn_pb *pb, int field, float value);
void rn_pb_double(struct rn_pb *pb, int field, double value);
void rn_pb_bytes(struct rn_pb *pb, int field, const void *data, size_t len);
void rn_pb_text(struct rn_pb *pb, int field, const char *text);
size_t rn_pb_open(struct rn_pb *pb, int field);
void rn_pb_close(struct rn_pb *pb, size_t opened); /* what rn_pb_open returned */

/* Bytes of a message; borrowed from whoever holds them. */
struct rn_pb_span {
    const uint8_t *data;
    size_t len;
};

struct rn_pb_field {
    int number;
    bool is_bytes; /* bytes, text or a message; else a whole number */
    int64_t value;
    struct rn_pb_span bytes;
};

/* Takes the next field off the front of rest. False at the end, and where the bytes are no field:
   then rest is not empty. */
bool rn_pb_next(struct rn_pb_span *rest, struct rn_pb_field *field);

#endif
