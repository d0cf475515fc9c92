/* Receives queued packets in batches; the tuned peer and the null peer share this. */
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

/* Binds the queue; returns its descriptor. */
int batch_open(void);

/* Waits for packets and takes those that have arrived, at most BATCH. */
int batch_receive(struct queued *packets);

/* One verdict for every packet up to and including this id. */
void batch_verdict(uint32_t id, int verdict);

/* Single verdicts, sent in one call: put them, then flush. */
void verdict_put(uint32_t id, int verdict);
void verdict_flush(void);

#endif
