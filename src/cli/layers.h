/* layers.h: a network's time by layer, beside what the machine could do, as regnet time shows it.
 */
#ifndef RN_CLI_LAYERS_H
#define RN_CLI_LAYERS_H

#include "regnet/regnet.h"

struct rn_layer_cost {
    double ms, bound_ms;
};

struct rn_layer_row {
    const char *name, *kind; /* borrowed from the timing; a kind's row has no kind */
    struct rn_layer_cost forward, backward;
};

/* A row each layer, in the network's order; and the sums of each kind, the largest first. What no
   layer accounts for, loss and update, is a kind of its own at the end: "rest". */
struct rn_layer_table {
    size_t n_layers, n_kinds;
    struct rn_layer_row *layers, *kinds;
};

/* timing is borrowed until rn_layer_table_release. */
enum rn_status rn_layer_table_make(const struct rn_timing *timing, const struct rn_machine *machine,
                                   struct rn_layer_table *table, struct rn_err *err);
void rn_layer_table_release(struct rn_layer_table *table);

/* The kinds, then the layers that lose most, which get sorted for that. */
void rn_layer_table_print(struct rn_layer_table *table, const char *title);
/* {"kinds": [...], "layers": [...]} */
void rn_layer_table_json(const struct rn_layer_table *table, struct rn_json *js);

#endif
