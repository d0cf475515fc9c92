/* Only the queue: accepts every packet unseen, in batches. No daemon with a queue can cost less. */
#include <linux/netfilter.h>

#include "batch.h"
#include "peer.h"

int main(int argc, char **argv) {
    peer_begin(argc, argv);
    batch_open();
    peer_ready();
    static struct queued packets[BATCH];
    for (;;) {
        int count = batch_receive(packets);
        if (count > 0) {
            batch_verdict(packets[count - 1].id, NF_ACCEPT);
        }
    }
}
