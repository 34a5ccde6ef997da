/* TensorBoard's event files: TFRecord's framing around Event messages. */
#include "regnet/events.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "regnet/protobuf.h"

/* Field numbers of TensorFlow's event.proto and summary.proto. */
enum { EVENT_TIME = 1, EVENT_STEP = 2, EVENT_VERSION = 3, EVENT_SUMMARY = 5, EVENT_SESSION = 7 };
enum { SUMMARY_VALUE = 1, VALUE_TAG = 1, VALUE_NUMBER = 2 };
enum { SESSION_STATUS = 1, SESSION_START = 1 };

/* CRC-32C (Castagnoli), four bits at a time. */
static uint32_t crc32c(const void *data, size_t len)
{
    static const uint32_t of_bits[16] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
                                         0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
                                         0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
                                         0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};
    const uint8_t *bytes = data;
    uint32_t crc = ~0U;

    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ of_bits[crc & 15];
        crc = crc >> 4 ^ of_bits[crc & 15];
    }
    return ~crc;
}

/* As TFRecord stores it, so that a checksum of checksums stays one. */
static uint32_t masked_crc(const void *data, size_t len)
{
    uint32_t crc = crc32c(data, len);

    return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

/* Little-endian, as the machines that we know. */
static enum rn_status frame(const struct rn_buf *message, struct rn_buf *record, struct rn_err *err)
{
    uint64_t len = message->len;
    uint32_t of_len = masked_crc(&len, sizeof len), of_data = masked_crc(message->data, len);
    enum rn_status status;

    record->len = 0;
    RN_TRY(rn_buf_add(record, &len, sizeof len, err));
    RN_TRY(rn_buf_add(record, &of_len, sizeof of_len, err));
    RN_TRY(rn_buf_add(record, message->data, message->len, err));
    RN_TRY(rn_buf_add(record, &of_data, sizeof of_data, err));
done:
    return status;
}

static void put_scalars(struct rn_pb *pb, const struct rn_scalar *scalars, size_t n)
{
    size_t summary = rn_pb_open(pb, EVENT_SUMMARY);

    for (size_t i = 0; i < n; i++) {
        size_t value = rn_pb_open(pb, SUMMARY_VALUE);
        rn_pb_text(pb, VALUE_TAG, scalars[i].tag);
        rn_pb_float(pb, VALUE_NUMBER, (float)scalars[i].value);
        rn_pb_close(pb, value);
    }
    rn_pb_close(pb, summary);
}

enum rn_status rn_events_record(double time, int64_t step, const struct rn_scalar *scalars,
                                size_t n, struct rn_buf *record, struct rn_err *err)
{
    struct rn_pb pb = {.err = err};
    enum rn_status status;

    rn_pb_double(&pb, EVENT_TIME, time);
    rn_pb_int(&pb, EVENT_STEP, step);
    put_scalars(&pb, scalars, n);
    RN_TRY(pb.status);
    RN_TRY(frame(&pb.buf, record, err));
done:
    rn_buf_release(&pb.buf);
    return status;
}

static double now(void)
{
    struct timespec at;

    (void)clock_gettime(CLOCK_REALTIME, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

/* A file begins with its version, and with the word that a session starts at this step. */
static enum rn_status begin(struct rn_events *events, int64_t step, struct rn_err *err)
{
    struct rn_pb version = {.err = err}, start = {.err = err};
    size_t session;
    enum rn_status status;

    rn_pb_double(&version, EVENT_TIME, now());
    rn_pb_text(&version, EVENT_VERSION, "brain.Event:2");
    RN_TRY(version.status);
    RN_TRY(frame(&version.buf, &events->record, err));
    RN_TRY(rn_append(&events->file, events->record.data, events->record.len, err));
    rn_pb_double(&start, EVENT_TIME, now());
    rn_pb_int(&start, EVENT_STEP, step);
    session = rn_pb_open(&start, EVENT_SESSION);
    rn_pb_int(&start, SESSION_STATUS, SESSION_START);
    rn_pb_close(&start, session);
    RN_TRY(start.status);
    RN_TRY(frame(&start.buf, &events->record, err));
    RN_TRY(rn_append(&events->file, events->record.data, events->record.len, err));
done:
    rn_buf_release(&version.buf);
    rn_buf_release(&start.buf);
    return status;
}

enum rn_status rn_events_open(struct rn_events *events, const char *dir, int64_t step,
                              struct rn_err *err)
{
    struct rn_events out = {.file.fd = -1};
    struct rn_buf path = {0};
    char host[256] = "localhost";
    enum rn_status status;

    (void)gethostname(host, sizeof host - 1);
    RN_TRY(rn_dir_make(dir, err));
    RN_TRY(rn_buf_addf(&path, err, "%s/events.out.tfevents.%010lld.%s.%ld", dir, (long long)now(),
                       host, (long)getpid()));
    RN_TRY(rn_append_open(&out.file, path.data, 0, err));
    RN_TRY(begin(&out, step, err));
    *events = out;
    out = (struct rn_events){.file.fd = -1};
done:
    rn_events_close(&out);
    rn_buf_release(&path);
    return status;
}

enum rn_status rn_events_add(struct rn_events *events, int64_t step,
                             const struct rn_scalar *scalars, size_t n, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_events_record(now(), step, scalars, n, &events->record, err));
    RN_TRY(rn_append(&events->file, events->record.data, events->record.len, err));
done:
    return status;
}

void rn_events_close(struct rn_events *events)
{
    rn_append_close(&events->file);
    rn_buf_release(&events->record);
}
