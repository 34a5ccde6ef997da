/* nets.h: networks with random values, to be exported, and what the reference engine makes of them.
 */
#ifndef TESTS_EXPORT_NETS_H
#define TESTS_EXPORT_NETS_H

#include "regnet/train.h"

/* Small networks with each operator, block, activation, grouping, stem and head; a NULL-named entry
   ends them. */
extern const struct rn_arch export_nets[];

/* Random values, and statistics that a folding must not lose. With names of classes where named.
 * Stops the program on failure. rn_trained_release. */
struct rn_trained make_trained(const struct rn_arch *arch, bool named);

/* n random images, n x h x w x 3. rn_free. */
float *make_images(const struct rn_arch *arch, int n);
/* n x num_classes, by the reference engine. rn_free. */
float *reference_logits(const struct rn_trained *net, const float *images, int n);

#endif
