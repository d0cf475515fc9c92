/* Receiving queued packets many at a time: what the tuned peer and the null peer share. */
#ifndef BATCH_H
#define BATCH_H

#include <stddef.h>
#include <stdint.h>

enum { BATCH = 64 };

struct queued {
    uint32_t id;
    uint8_t *packet;
    size_t length;
};

/* Binds the queue; answers its descriptor. */
int batch_open(void);

/* Waits for packets and takes what is there, at most BATCH. */
int batch_receive(struct queued *packets);

/* One verdict for every packet up to and including this id. */
void batch_verdict(uint32_t id, int verdict);

/* Verdicts one by one, sent in one call: put them, then flush. */
void verdict_put(uint32_t id, int verdict);
void verdict_flush(void);

#endif
