/*
 * Capture and inject, as natex did in 2016: a packet socket receives ICMP errors on the uplink, and a rewritten copy
 * goes to the guest. There is no queue and no verdict, so the original reaches the host as well.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <string.h>
#include <sys/socket.h>

#include "peer.h"

enum { FRAME_MAX = 1514 };

/* Accepts Ethernet, IPv4, ICMP of type 3 or 11. */
static struct sock_filter errors_only[] = {
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_IP, 0, 7),
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 5),
    BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
    BPF_STMT(BPF_LD | BPF_B | BPF_IND, 14),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 3, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 11, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, 0x40000),
    BPF_STMT(BPF_RET | BPF_K, 0),
};

int main(int argc, char **argv) {
    peer_begin(argc, argv);
    int guest_network = packet_socket("vmnet8", 0);
    int uplink = packet_socket("up0", ETHERTYPE_IP);
    struct sock_fprog program = {sizeof errors_only / sizeof errors_only[0], errors_only};
    if (setsockopt(uplink, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
        fail("attach filter");
    }
    large_buffer(uplink);
    peer_ready();

    static unsigned char frame[65536];
    for (;;) {
        ssize_t received = recv(uplink, frame, sizeof frame, 0);
        if (received < 0) {
            if (errno != ENOBUFS && errno != EINTR) {
                fail("recv");
            }
            continue;
        }
        unsigned char header[ETHERNET_HEADER];
        if (received > ETHERNET_HEADER && received <= FRAME_MAX
            && translate(frame + ETHERNET_HEADER, (size_t)received - ETHERNET_HEADER, header)) {
            memcpy(frame, header, ETHERNET_HEADER);
            send(guest_network, frame, (size_t)received, 0);
        }
    }
}
