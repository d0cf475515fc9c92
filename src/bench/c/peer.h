/*
 * What all peers have in common: the job. A peer gets an ICMP error of the host's, finds in its table who sent the
 * packet that the error quotes, puts the quoted packet back to what the guest sent, repairs the checksums and sends the
 * result to the guest as an Ethernet frame. They differ in how packets come in and verdicts go out.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUEUE_NUMBER = 5511, QUEUE_LENGTH = 4096, ETHERNET_HEADER = 14 };

/* PEER MAPPINGS: fills the table with the first so many mappings. */
void peer_begin(int argc, char **argv);

/* Says on standard output that packets are being served from now on. */
void peer_ready(void);

/*
 * Rewrites an error in place for its guest and writes the frame's header; false: it is no error about a known probe,
 * and is unchanged.
 */
bool translate(uint8_t *packet, size_t length, uint8_t header[ETHERNET_HEADER]);

/* A packet socket bound to an interface, hearing `protocol` (0: nothing); ends the process on failure. */
int packet_socket(const char *interface, uint16_t protocol);

/* A receive buffer of 8 MiB: what natexd has. */
void large_buffer(int socket);

_Noreturn void fail(const char *what);

#endif
