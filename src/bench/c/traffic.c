#include "traffic.h"

#include <arpa/inet.h>
#include <string.h>

const uint8_t gateway_mac[MAC_LENGTH] = {0x00, 0x50, 0x56, 0xe0, 0x00, 0x02};
const uint8_t guest_mac[MAC_LENGTH] = {0x00, 0x0c, 0x29, 0x00, 0x00, 0x64};

enum { PROTOCOL_ICMP = 1, PROTOCOL_UDP = 17, TIME_EXCEEDED = 11, REPORTER_TTL = 60, GUESTS = 16 };

#define FIRST_GUEST (GUEST_NETWORK + 100)
#define FIRST_DESTINATION 0x0a000001u /* 10.0.0.1 */
#define FIRST_REPORTER 0x64400000u    /* 100.64.0.0 */

struct mapping mapping_number(uint32_t i) {
    struct mapping mapping = {
        .guest = FIRST_GUEST + i % GUESTS,
        .destination = FIRST_DESTINATION + i,
        .guest_port = (uint16_t)(32768 + i % 8192),
        .host_port = (uint16_t)(32768 + i % 8192),
        .destination_port = (uint16_t)(33434 + i % 90),
        .identification = (uint16_t)(1 + i % 65535),
    };
    return mapping;
}

/* Adds 32-bit words in the machine's byte order, which the one's complement sum allows (RFC 1071, section 2). */
uint64_t sum_octets(const uint8_t *at, size_t length, uint64_t sum) {
    uint64_t native = 0;
    for (; length >= 4; at += 4, length -= 4) {
        uint32_t word;
        memcpy(&word, at, sizeof word);
        native += word;
    }
    sum += ntohs(fold(native));
    for (; length > 1; at += 2, length -= 2) {
        sum += get16(at);
    }
    return length == 1 ? sum + (uint64_t)(*at << 8) : sum;
}

uint16_t fold(uint64_t sum) {
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)sum;
}

static void ipv4_header(
    uint8_t *at, uint16_t length, uint16_t identification, uint8_t ttl, uint8_t protocol, uint32_t source,
    uint32_t destination) {
    at[0] = 0x45;
    at[1] = 0;
    put16(at + 2, length);
    put16(at + 4, identification);
    put16(at + 6, 0);
    at[8] = ttl;
    at[9] = protocol;
    put16(at + 10, 0);
    put32(at + 12, source);
    put32(at + 16, destination);
    put16(at + 10, (uint16_t)~fold(sum_octets(at, IPV4_LENGTH, 0)));
}

static void probe(uint8_t *packet, uint32_t i, uint8_t ttl, uint32_t source, uint16_t source_port) {
    struct mapping mapping = mapping_number(i);
    ipv4_header(packet, PROBE_LENGTH, mapping.identification, ttl, PROTOCOL_UDP, source, mapping.destination);
    uint8_t *udp = packet + IPV4_LENGTH;
    uint16_t length = PROBE_LENGTH - IPV4_LENGTH;
    put16(udp, source_port);
    put16(udp + 2, mapping.destination_port);
    put16(udp + 4, length);
    put16(udp + 6, 0);
    for (int octet = UDP_LENGTH; octet < length; octet++) {
        udp[octet] = (uint8_t)(0x40 + octet - UDP_LENGTH);
    }
    uint64_t sum = sum_octets(packet + 12, 8, PROTOCOL_UDP + length);
    uint16_t checksum = (uint16_t)~fold(sum_octets(udp, length, sum));
    put16(udp + 6, checksum == 0 ? 0xffff : checksum);
}

void guest_probe(uint8_t *packet, uint32_t i, uint8_t ttl) {
    struct mapping mapping = mapping_number(i);
    probe(packet, i, ttl, mapping.guest, mapping.guest_port);
}

void host_probe(uint8_t *packet, uint32_t i, uint8_t ttl) {
    probe(packet, i, ttl, HOST_ADDRESS, mapping_number(i).host_port);
}

/* The sequence number is in the reporter's address (high half) and the IP ID (low half). */
static void finish_error(uint8_t *packet, uint32_t sequence, uint32_t destination) {
    uint8_t *icmp = packet + IPV4_LENGTH;
    ipv4_header(packet, ERROR_LENGTH, (uint16_t)sequence, REPORTER_TTL, PROTOCOL_ICMP,
                FIRST_REPORTER + (sequence >> 16), destination);
    memset(icmp, 0, ICMP_LENGTH);
    icmp[0] = TIME_EXCEEDED;
    put16(icmp + 2, (uint16_t)~fold(sum_octets(icmp, ERROR_LENGTH - IPV4_LENGTH, 0)));
}

void error_from_outside(uint8_t *packet, uint32_t sequence, uint32_t i) {
    host_probe(packet + IPV4_LENGTH + ICMP_LENGTH, i, 1);
    finish_error(packet, sequence, HOST_ADDRESS);
}

void error_for_guest(uint8_t *packet, uint32_t sequence, uint32_t i) {
    guest_probe(packet + IPV4_LENGTH + ICMP_LENGTH, i, 1);
    finish_error(packet, sequence, mapping_number(i).guest);
}

uint32_t sequence_of(const uint8_t *packet) {
    return (get32(packet + 12) - FIRST_REPORTER) << 16 | get16(packet + 4);
}
