/*
 * The common job of all peers. A peer gets an ICMP error for the host, finds in its table who sent the
 * packet that the error quotes, restores the quoted packet to what the guest sent, repairs the checksums and sends the
 * result to the guest as an Ethernet frame. They differ in how they receive packets and send verdicts.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUEUE_NUMBER = 5511, QUEUE_LENGTH = 4096, ETHERNET_HEADER = 14 };

/* PEER MAPPINGS: fills the table with the first MAPPINGS mappings. */
void peer_begin(int argc, char **argv);

/* Prints on standard output that packets are served from now on. */
void peer_ready(void);

/*
 * Rewrites an error in place for its guest and writes the frame's header; false if it is not about a known probe,
 * and is unchanged.
 */
bool translate(uint8_t *packet, size_t length, uint8_t header[ETHERNET_HEADER]);

/* A packet socket bound to an interface, which receives `protocol` (0: nothing); ends the process on failure. */
int packet_socket(const char *interface, uint16_t protocol);

/* A receive buffer of 8 MiB, as natexd has. */
void large_buffer(int socket);

_Noreturn void fail(const char *what);

#endif
