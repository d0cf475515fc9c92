#define _GNU_SOURCE
#include "batch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <string.h>
#include <sys/socket.h>

#include "peer.h"

enum { COPY_RANGE = 2048, SLOT_LENGTH = COPY_RANGE + 512 };

static int descriptor;
static uint8_t slots[BATCH][SLOT_LENGTH] __attribute__((aligned(8)));
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];

struct verdict {
    struct nlmsghdr netlink;
    struct nfgenmsg netfilter;
    struct nlattr attribute;
    struct nfqnl_msg_verdict_hdr header;
};

static struct verdict verdicts[BATCH];
static int verdict_count;

static int never_called(struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *unused) {
    (void)queue;
    (void)message;
    (void)data;
    (void)unused;
    return 0;
}

int batch_open(void) {
    struct nfq_handle *handle = nfq_open();
    if (handle == NULL) {
        fail("nfq_open");
    }
    struct nfq_q_handle *queue = nfq_create_queue(handle, QUEUE_NUMBER, never_called, NULL);
    if (queue == NULL) {
        fail("nfq_create_queue");
    }
    descriptor = nfq_fd(handle);
    nfq_set_queue_flags(queue, NFQA_CFG_F_FAIL_OPEN, NFQA_CFG_F_FAIL_OPEN);
    nfq_set_queue_maxlen(queue, QUEUE_LENGTH);
    large_buffer(descriptor);
    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){slots[i], SLOT_LENGTH};
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    if (nfq_set_mode(queue, NFQNL_COPY_PACKET, COPY_RANGE) < 0) {
        fail("nfq_set_mode");
    }
    return descriptor;
}

/* Reads one message; false if it is not a packet. */
static int read_message(const struct nlmsghdr *netlink, struct queued *into) {
    if (NFNL_MSG_TYPE(netlink->nlmsg_type) != NFQNL_MSG_PACKET) {
        return 0;
    }
    struct nlattr *attribute;
    into->packet = NULL;
    into->length = 0;
    mnl_attr_for_each(attribute, netlink, sizeof(struct nfgenmsg)) {
        switch (mnl_attr_get_type(attribute)) {
            case NFQA_PACKET_HDR:
                into->id = ntohl(((struct nfqnl_msg_packet_hdr *)mnl_attr_get_payload(attribute))->packet_id);
                break;
            case NFQA_PAYLOAD:
                into->packet = mnl_attr_get_payload(attribute);
                into->length = mnl_attr_get_payload_len(attribute);
                break;
            default:
                break;
        }
    }
    return 1;
}

int batch_receive(struct queued *packets) {
    int received = recvmmsg(descriptor, messages, BATCH, MSG_WAITFORONE, NULL);
    if (received < 0 && errno != ENOBUFS && errno != EINTR) {
        fail("recvmmsg");
    }
    int count = 0;
    for (int i = 0; i < received; i++) {
        count += read_message((struct nlmsghdr *)slots[i], &packets[count]);
    }
    return count;
}

static void verdict_message(int type, uint32_t id, int verdict) {
    struct verdict *next = &verdicts[verdict_count++];
    next->netlink = (struct nlmsghdr){
        .nlmsg_len = sizeof *next, .nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type, .nlmsg_flags = NLM_F_REQUEST};
    next->netfilter = (struct nfgenmsg){.res_id = htons(QUEUE_NUMBER)};
    next->attribute = (struct nlattr){sizeof next->attribute + sizeof next->header, NFQA_VERDICT_HDR};
    next->header = (struct nfqnl_msg_verdict_hdr){htonl((uint32_t)verdict), htonl(id)};
}

void verdict_put(uint32_t id, int verdict) { verdict_message(NFQNL_MSG_VERDICT, id, verdict); }

void verdict_flush(void) {
    if (verdict_count > 0 && send(descriptor, verdicts, (size_t)verdict_count * sizeof verdicts[0], 0) < 0) {
        fail("send verdicts");
    }
    verdict_count = 0;
}

void batch_verdict(uint32_t id, int verdict) {
    verdict_message(NFQNL_MSG_VERDICT_BATCH, id, verdict);
    verdict_flush();
}
