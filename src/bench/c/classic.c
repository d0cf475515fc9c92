/*
 * The classic way, as in the examples of libnetfilter_queue and most daemons: one packet at a time, a
 * callback from nfq_handle_packet, one call to send the frame, one for the verdict.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <string.h>
#include <sys/socket.h>

#include "peer.h"

enum { COPY_ALL = 0xffff, FRAME_MAX = 1514 };

static int guest_network;

static int packet_queued(struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *unused) {
    (void)message;
    (void)unused;
    uint32_t id = ntohl(nfq_get_msg_packet_hdr(data)->packet_id);
    unsigned char *packet;
    int length = nfq_get_payload(data, &packet);
    unsigned char frame[FRAME_MAX];
    if (length < 0 || length > FRAME_MAX - ETHERNET_HEADER || !translate(packet, (size_t)length, frame)) {
        return nfq_set_verdict(queue, id, NF_ACCEPT, 0, NULL);
    }
    memcpy(frame + ETHERNET_HEADER, packet, (size_t)length);
    ssize_t sent = send(guest_network, frame, (size_t)length + ETHERNET_HEADER, 0);
    return nfq_set_verdict(queue, id, sent < 0 ? NF_ACCEPT : NF_DROP, 0, NULL);
}

int main(int argc, char **argv) {
    peer_begin(argc, argv);
    guest_network = packet_socket("vmnet8", 0);
    struct nfq_handle *handle = nfq_open();
    if (handle == NULL) {
        fail("nfq_open");
    }
    struct nfq_q_handle *queue = nfq_create_queue(handle, QUEUE_NUMBER, packet_queued, NULL);
    if (queue == NULL) {
        fail("nfq_create_queue");
    }
    nfq_set_queue_maxlen(queue, QUEUE_LENGTH);
    large_buffer(nfq_fd(handle));
    if (nfq_set_mode(queue, NFQNL_COPY_PACKET, COPY_ALL) < 0) {
        fail("nfq_set_mode");
    }
    peer_ready();

    static char buffer[65536] __attribute__((aligned));
    for (;;) {
        ssize_t received = recv(nfq_fd(handle), buffer, sizeof buffer, 0);
        if (received >= 0) {
            nfq_handle_packet(handle, buffer, (int)received);
        } else if (errno != ENOBUFS && errno != EINTR) {
            fail("recv");
        }
    }
}
