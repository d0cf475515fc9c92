#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "traffic.h"

enum { SLOTS = 2 * MAPPINGS_MAX, PROTOCOL_ICMP = 1, PROTOCOL_UDP = 17, UNREACHABLE = 3, TIME_EXCEEDED = 11 };

/* Open addressing, keyed by what a router quotes. */
struct row {
    uint32_t source, destination;
    uint16_t source_port, destination_port;
    uint32_t guest;
    uint16_t guest_port, guest_identification;
    bool used;
};

static struct row rows[SLOTS];

void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static uint32_t slot_of(uint32_t source, uint32_t destination, uint16_t source_port, uint16_t destination_port) {
    uint64_t key = ((uint64_t)source << 32 | destination) * 0x9e3779b97f4a7c15u;
    key ^= (uint64_t)source_port << 16 | destination_port;
    key *= 0xbf58476d1ce4e5b9u;
    return (uint32_t)(key >> 32) % SLOTS;
}

static struct row *find(uint32_t source, uint32_t destination, uint16_t source_port, uint16_t destination_port) {
    uint32_t slot = slot_of(source, destination, source_port, destination_port);
    while (rows[slot].used
           && (rows[slot].source != source || rows[slot].destination != destination
               || rows[slot].source_port != source_port || rows[slot].destination_port != destination_port)) {
        slot = (slot + 1) % SLOTS;
    }
    return &rows[slot];
}

static void end(int signal) {
    (void)signal;
    _exit(0);
}

void peer_begin(int argc, char **argv) {
    long mappings = argc == 2 ? atol(argv[1]) : 0;
    if (mappings < 1 || mappings > MAPPINGS_MAX) {
        fprintf(stderr, "usage: %s MAPPINGS (1 to %d)\n", argv[0], MAPPINGS_MAX);
        exit(2);
    }
    for (uint32_t i = 0; i < (uint32_t)mappings; i++) {
        struct mapping mapping = mapping_number(i);
        struct row *row = find(HOST_ADDRESS, mapping.destination, mapping.host_port, mapping.destination_port);
        *row = (struct row){HOST_ADDRESS, mapping.destination, mapping.host_port, mapping.destination_port,
                            mapping.guest, mapping.guest_port, mapping.identification, true};
    }
    signal(SIGTERM, end);
}

void peer_ready(void) {
    puts("ready");
    fflush(stdout);
}

/* RFC 1624, equation 3: the checksum after a field of 16 or 32 bits has changed. */
static uint16_t update16(uint16_t checksum, uint16_t from, uint16_t to) {
    return (uint16_t)~fold((uint64_t)(uint16_t)~checksum + (uint16_t)~from + to);
}

static uint16_t update32(uint16_t checksum, uint32_t from, uint32_t to) {
    return update16(update16(checksum, (uint16_t)(from >> 16), (uint16_t)(to >> 16)), (uint16_t)from, (uint16_t)to);
}

static void rewrite16(uint8_t *field, uint16_t to, uint8_t *checksum) {
    put16(checksum, update16(get16(checksum), get16(field), to));
    put16(field, to);
}

static void rewrite32(uint8_t *field, uint32_t to, uint8_t *checksum) {
    put16(checksum, update32(get16(checksum), get32(field), to));
    put32(field, to);
}

/* The length of the IPv4 header; 0 if it is invalid or incomplete. */
static size_t header_length(const uint8_t *at, size_t octets) {
    if (octets < IPV4_LENGTH || at[0] >> 4 != 4 || (at[0] & 15) < 5) {
        return 0;
    }
    size_t length = (size_t)(at[0] & 15) * 4;
    return length <= octets ? length : 0;
}

bool translate(uint8_t *packet, size_t length, uint8_t header[ETHERNET_HEADER]) {
    size_t outer = header_length(packet, length);
    if (outer == 0 || get16(packet + 2) != length || packet[9] != PROTOCOL_ICMP || (get16(packet + 6) & 0x3fff) != 0
        || length < outer + ICMP_LENGTH) {
        return false;
    }
    uint8_t *icmp = packet + outer;
    if ((icmp[0] != UNREACHABLE && icmp[0] != TIME_EXCEEDED)
        || fold(sum_octets(icmp, length - outer, 0)) != 0xffff) {
        return false;
    }
    uint8_t *embedded = icmp + ICMP_LENGTH;
    size_t quoted = length - outer - ICMP_LENGTH;
    size_t inner = header_length(embedded, quoted);
    if (inner == 0 || embedded[9] != PROTOCOL_UDP || (get16(embedded + 6) & 0x1fff) != 0
        || quoted < inner + UDP_LENGTH) {
        return false;
    }
    uint8_t *udp = embedded + inner;
    struct row *row = find(get32(embedded + 12), get32(embedded + 16), get16(udp), get16(udp + 2));
    if (!row->used) {
        return false;
    }

    uint16_t before = fold(sum_octets(embedded, inner + UDP_LENGTH, 0));
    if (get16(udp + 6) != 0) {
        put16(udp + 6, update32(get16(udp + 6), get32(embedded + 12), row->guest));
        rewrite16(udp, row->guest_port, udp + 6);
        if (get16(udp + 6) == 0) {
            put16(udp + 6, 0xffff);
        }
    } else {
        put16(udp, row->guest_port);
    }
    rewrite32(embedded + 12, row->guest, embedded + 10);
    rewrite16(embedded + 4, row->guest_identification, embedded + 10);
    put16(icmp + 2, update16(get16(icmp + 2), before, fold(sum_octets(embedded, inner + UDP_LENGTH, 0))));
    rewrite32(packet + 16, row->guest, packet + 10);

    memcpy(header, guest_mac, MAC_LENGTH);
    memcpy(header + MAC_LENGTH, gateway_mac, MAC_LENGTH);
    put16(header + 2 * MAC_LENGTH, ETHERTYPE_IP);
    return true;
}

int packet_socket(const char *interface, uint16_t protocol) {
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0) {
        fail("packet socket");
    }
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(protocol)};
    address.sll_ifindex = (int)if_nametoindex(interface);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        fail(interface);
    }
    return fd;
}

void large_buffer(int fd) {
    int octets = 8 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets);
}
