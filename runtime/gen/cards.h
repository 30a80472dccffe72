/* Payment card networks: number lengths, and the issuer ranges that payment processors set aside
 * for tests. */
#ifndef SEEDPIPE_GEN_CARDS_H
#define SEEDPIPE_GEN_CARDS_H

#include <stdint.h>

typedef struct CardNetwork {
    const char *name;            /* "visa" */
    uint32_t weight;             /* its share of cards */
    uint8_t digits;              /* of the number, check digit included */
    uint8_t cvv;                 /* digits of the security code */
    const char *const *prefixes; /* six digits each */
    uint8_t nprefixes;
} CardNetwork;

extern const CardNetwork card_networks[];
extern const uint32_t card_network_count;

const CardNetwork *card_network(const char *name); /* NULL when there is none */
uint64_t card_count(const CardNetwork *network);   /* how many numbers it has here */
/* Number number < card_count(network), with its check digit; returns where it ends. */
char *card_put(const CardNetwork *network, char *p, uint64_t number);

#endif
