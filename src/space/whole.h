/* whole.h: large whole numbers, to count spaces exactly. */
#ifndef RN_SPACE_WHOLE_H
#define RN_SPACE_WHOLE_H

#include <stdint.h>

#define RN_WHOLE_LIMBS 72
#define RN_WHOLE_BITS (32 * (RN_WHOLE_LIMBS - 2)) /* that a product may have, with room */
#define RN_WHOLE_TEXT 704                         /* decimal digits, and the 0 */

/* Least significant limb first; n limbs are not 0 above. Begins as {0}: zero. */
struct rn_whole {
    int n;
    uint32_t limb[RN_WHOLE_LIMBS];
};

struct rn_whole rn_whole_from(uint64_t value);
void rn_whole_add(struct rn_whole *sum, const struct rn_whole *x);
void rn_whole_subtract(struct rn_whole *from, const struct rn_whole *x); /* x <= from */
void rn_whole_multiply(struct rn_whole *product, const struct rn_whole *x);
uint32_t rn_whole_divide(struct rn_whole *quotient, uint32_t by); /* returns the rest */
void rn_whole_print(const struct rn_whole *x, char text[RN_WHOLE_TEXT]);

#endif
