/*
 * The traffic of the benchmarks: what is in mapping number i, and the packets that belong to it. The load generator
 * and the peers share it, so that both know every octet without exchanging anything.
 *
 *   guest 192.168.44.100+        the host (natexd or a peer)                   outside
 *   guest0 ───────────────── vmnet8 192.168.44.1 · up0 192.0.2.1 ───────────── out0 192.0.2.2
 *     a probe: guest → 10.x.y.z        the same, source 192.0.2.1 and another port
 *     an error: reporter → guest                                        reporter → 192.0.2.1
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <stddef.h>
#include <stdint.h>

enum {
    MAPPINGS_MAX = 65536,
    MAC_LENGTH = 6,
    ETHERNET_LENGTH = 14,
    IPV4_LENGTH = 20,
    UDP_LENGTH = 8,
    ICMP_LENGTH = 8,
    /* As traceroute sends it: 60 octets, quoted completely. */
    PROBE_LENGTH = IPV4_LENGTH + UDP_LENGTH + 32,
    ERROR_LENGTH = IPV4_LENGTH + ICMP_LENGTH + PROBE_LENGTH,
    PROBE_TTL = 5
};

#define HOST_ADDRESS 0xc0000201u /* 192.0.2.1 */
#define GUEST_NETWORK 0xc0a82c00u /* 192.168.44.0 */

extern const uint8_t gateway_mac[MAC_LENGTH];
extern const uint8_t guest_mac[MAC_LENGTH];

/* One probe as the guest sent it, and the two numbers that the NAT process changed. */
struct mapping {
    uint32_t guest;
    uint32_t destination;
    uint16_t guest_port;
    uint16_t host_port;
    uint16_t destination_port;
    uint16_t identification;
};

struct mapping mapping_number(uint32_t i);

/* A probe of PROBE_LENGTH octets: as the guest sent it, or as the NAT process did. */
void guest_probe(uint8_t *packet, uint32_t i, uint8_t ttl);
void host_probe(uint8_t *packet, uint32_t i, uint8_t ttl);

/* Error number `sequence`, of ERROR_LENGTH octets: as it comes from outside, and as the guest must get it. */
void error_from_outside(uint8_t *packet, uint32_t sequence, uint32_t i);
void error_for_guest(uint8_t *packet, uint32_t sequence, uint32_t i);

/* The sequence number of an error, rewritten or not. */
uint32_t sequence_of(const uint8_t *packet);

/* Big-endian numbers in place. */
static inline uint16_t get16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }

static inline uint32_t get32(const uint8_t *at) { return (uint32_t)get16(at) << 16 | get16(at + 2); }

static inline void put16(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value) {
    put16(at, (uint16_t)(value >> 16));
    put16(at + 2, (uint16_t)value);
}

/* The one's complement sum of 16-bit words (RFC 1071), not folded. */
uint64_t sum_octets(const uint8_t *at, size_t length, uint64_t sum);
uint16_t fold(uint64_t sum);

#endif
