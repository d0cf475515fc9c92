/*
 * The load of the benchmarks, which also checks the results: sends probes and errors into namespaces, and compares
 * every packet that comes out with the expected one, octet by octet. Each verb prints lines "metric<TAB>value".
 *
 *   load NAMES sightings MAPPINGS                     each probe as the guest and as the NAT process sends it
 *   load NAMES saturate  WHERE MAPPINGS COUNT PID     errors as fast as they come back, at most WINDOW in flight
 *   load NAMES pace      WHERE MAPPINGS COUNT RATE    RATE errors a second; measures how long each takes
 *   load NAMES storm     WHERE COUNT PID              new probes, each with its error
 *   load NAMES trace     COUNT RATE PID               the same, RATE probes a second, a hundred at a time
 *   load NAMES datagrams COUNT                        small datagrams that the host sends
 *   load NAMES forward   COUNT                        small datagrams that the host forwards
 *   load NAMES watch     SOCKET                       reads natexd's records until it is killed, and ignores them
 *
 * NAMES is the prefix of the three namespaces, WHERE an error must arrive: guest or host. PID is the process whose
 * processor time counts.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "traffic.h"

enum {
    BATCH = 64,
    WINDOW = 512, /* half of natexd's queue: no error bypasses a full one */
    TRACE_BURST = 100,
    SLOT_LENGTH = 2048,
    SIGHTINGS_PER_PAUSE = 64,
    PAUSE_MICROS = 800,
    STRIDE = 7919 /* a prime: neighbouring errors are about mappings far apart */
};

#define SECOND 1000000000L
#define SILENCE (10 * SECOND) /* after that long nothing more is expected */

static const char *names;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void say(const char *metric, const char *format, ...) {
    va_list values;
    va_start(values, format);
    printf("%s\t", metric);
    vprintf(format, values);
    putchar('\n');
    va_end(values);
}

static long now(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) {
        fail("clock");
    }
    return time.tv_sec * SECOND + time.tv_nsec;
}

/* ---- sockets in namespaces ------------------------------------------------------------------------------------- */

static int socket_in(const char *where, int family, int type, int protocol) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s-%s", names, where);
    int namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0 || setns(namespace, CLONE_NEWNET) != 0) {
        fail(path);
    }
    close(namespace);
    int fd = socket(family, type, protocol);
    if (fd < 0) {
        fail("socket");
    }
    int octets = 32 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &octets, sizeof octets);
    return fd;
}

/* A packet socket that receives IPv4, but not outgoing packets; the current namespace stays that of the interface. */
static int packet_socket(const char *where, const char *interface) {
    int fd = socket_in(where, AF_PACKET, SOCK_RAW, 0);
    int yes = 1;
    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPE_IP)};
    address.sll_ifindex = (int)if_nametoindex(interface);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        fail(interface);
    }
    return fd;
}

/* The MAC address of the far end, which the script sets: 02:00:00:00:00:NUMBER. */
static void ethernet_header(uint8_t *frame, uint8_t to, uint8_t from) {
    memset(frame, 0, ETHERNET_LENGTH);
    frame[0] = 2;
    frame[5] = to;
    frame[6] = 2;
    frame[11] = from;
    put16(frame + 12, ETHERTYPE_IP);
}

/* ---- processor time -------------------------------------------------------------------------------------------- */

/* Run time of all threads of a process, including soft interrupts that ran on top of them. */
static long process_nanos(pid_t pid) {
    clockid_t clock;
    if (pid == 0) {
        return 0;
    }
    if (clock_getcpuclockid(pid, &clock) != 0) {
        fail("the process that is measured has gone");
    }
    return now(clock);
}

/* Run time of the kernel's soft interrupt threads: deferred work that counts for no process. */
static long softirq_nanos(void) {
    long sum = 0;
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    while (processes != NULL && (entry = readdir(processes)) != NULL) {
        char path[300], name[64] = "";
        long nanos = 0;
        snprintf(path, sizeof path, "/proc/%s/comm", entry->d_name);
        FILE *file = atoi(entry->d_name) > 0 ? fopen(path, "re") : NULL;
        if (file == NULL) {
            continue;
        }
        bool softirq = fgets(name, sizeof name, file) != NULL && strncmp(name, "ksoftirqd/", 10) == 0;
        fclose(file);
        snprintf(path, sizeof path, "/proc/%s/schedstat", entry->d_name);
        if (softirq && (file = fopen(path, "re")) != NULL) {
            sum += fscanf(file, "%ld", &nanos) == 1 ? nanos : 0;
            fclose(file);
        }
    }
    if (processes != NULL) {
        closedir(processes);
    }
    return sum;
}

/* ---- errors out, rewritten errors in --------------------------------------------------------------------------- */

static int outside;      /* sends errors */
static int arrival;      /* where they must come out */
static bool to_guest;
static uint32_t mappings;
static uint8_t *seen;    /* by sequence number */
static long *sent_nanos; /* by sequence number, of the real-time clock; NULL: not kept */
static long *took_nanos;
static uint32_t total;
static uint32_t received, wrong, duplicate;

static uint8_t out_frames[BATCH][ETHERNET_LENGTH + ERROR_LENGTH];
static uint8_t in_slots[BATCH][SLOT_LENGTH];
static uint8_t in_control[BATCH][64];
static struct iovec out_vectors[BATCH], in_vectors[BATCH];
static struct mmsghdr out_messages[BATCH], in_messages[BATCH];

static void open_errors(const char *where, uint32_t mapping_count, uint32_t count) {
    to_guest = strcmp(where, "guest") == 0;
    outside = packet_socket("outside", "out0");
    arrival = to_guest ? packet_socket("guest", "guest0") : socket_in("host", AF_INET, SOCK_RAW, IPPROTO_ICMP);
    mappings = mapping_count;
    total = count;
    seen = calloc(count, 1);
    for (int i = 0; i < BATCH; i++) {
        out_vectors[i] = (struct iovec){out_frames[i], sizeof out_frames[i]};
        out_messages[i].msg_hdr.msg_iov = &out_vectors[i];
        out_messages[i].msg_hdr.msg_iovlen = 1;
        ethernet_header(out_frames[i], 2, 3);
        in_vectors[i] = (struct iovec){in_slots[i], SLOT_LENGTH};
        in_messages[i].msg_hdr.msg_iov = &in_vectors[i];
        in_messages[i].msg_hdr.msg_iovlen = 1;
    }
}

static uint32_t mapping_of(uint32_t sequence) { return (uint32_t)((uint64_t)sequence * STRIDE % mappings); }

static void send_errors(uint32_t first, int count) {
    for (int i = 0; i < count; i++) {
        uint32_t sequence = first + (uint32_t)i;
        error_from_outside(out_frames[i] + ETHERNET_LENGTH, sequence, mapping_of(sequence));
    }
    for (int next = 0; next < count;) {
        int sent = sendmmsg(outside, &out_messages[next], (unsigned)(count - next), 0);
        if (sent <= 0) {
            fail("send errors");
        }
        next += sent;
    }
}

/* The expected packet, with its Ethernet header if it has one. */
static size_t expected(uint8_t *octets, uint32_t sequence) {
    if (!to_guest) {
        error_from_outside(octets, sequence, mapping_of(sequence));
        return ERROR_LENGTH;
    }
    memcpy(octets, guest_mac, MAC_LENGTH);
    memcpy(octets + MAC_LENGTH, gateway_mac, MAC_LENGTH);
    put16(octets + 2 * MAC_LENGTH, ETHERTYPE_IP);
    error_for_guest(octets + ETHERNET_LENGTH, sequence, mapping_of(sequence));
    return ETHERNET_LENGTH + ERROR_LENGTH;
}

static long stamp(struct msghdr *message) {
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    struct timespec time = {0, 0};
    if (control != NULL && control->cmsg_type == SCM_TIMESTAMPNS) {
        memcpy(&time, CMSG_DATA(control), sizeof time);
    }
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void judge(const uint8_t *octets, size_t length, struct msghdr *message) {
    uint8_t wanted[ETHERNET_LENGTH + ERROR_LENGTH];
    size_t header = to_guest ? ETHERNET_LENGTH : 0;
    uint32_t sequence = length >= header + IPV4_LENGTH ? sequence_of(octets + header) : total;
    if (sequence >= total || length != expected(wanted, sequence) || memcmp(octets, wanted, length) != 0) {
        wrong++;
        return;
    }
    if (seen[sequence]) {
        duplicate++;
        return;
    }
    seen[sequence] = 1;
    if (took_nanos != NULL) {
        took_nanos[received] = stamp(message) - sent_nanos[sequence];
    }
    received++;
}

static int take_arrivals(void) {
    for (int i = 0; took_nanos != NULL && i < BATCH; i++) {
        in_messages[i].msg_hdr.msg_control = in_control[i];
        in_messages[i].msg_hdr.msg_controllen = sizeof in_control[i];
    }
    int count = recvmmsg(arrival, in_messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        judge(in_slots[i], in_messages[i].msg_len, &in_messages[i].msg_hdr);
    }
    return count > 0 ? count : 0;
}

static void say_outcome(uint32_t sent) {
    say("lost", "%u", sent - received);
    say("wrong", "%u", wrong);
    say("duplicate", "%u", duplicate);
}

static void saturate(pid_t pid) {
    long process = process_nanos(pid), softirq = softirq_nanos(), own = now(CLOCK_PROCESS_CPUTIME_ID);
    long begun = now(CLOCK_MONOTONIC), last = begun, time = begun;
    uint32_t sent = 0;
    while (received < total && time - last < SILENCE) {
        uint32_t room = WINDOW - (sent - received);
        uint32_t burst = total - sent < BATCH ? total - sent : BATCH;
        if (burst > 0 && room >= burst) {
            send_errors(sent, (int)burst);
            sent += burst;
        }
        time = now(CLOCK_MONOTONIC);
        if (take_arrivals() > 0) {
            last = time;
        }
    }
    last = now(CLOCK_MONOTONIC) - (received < total ? SILENCE : 0);
    double packets = received > 0 ? received : 1;
    say("rate", "%.0f", packets * SECOND / (double)(last - begun));
    say("cpu", "%.1f", (double)(process_nanos(pid) - process) / packets);
    say("softirq", "%.1f", (double)(softirq_nanos() - softirq) / packets);
    say("load", "%.1f", (double)(now(CLOCK_PROCESS_CPUTIME_ID) - own) / packets);
    say_outcome(sent);
}

static int by_length(const void *a, const void *b) {
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

static void pace(long rate) {
    sent_nanos = calloc(total, sizeof *sent_nanos);
    took_nanos = calloc(total, sizeof *took_nanos);
    long step = SECOND / rate, due = now(CLOCK_MONOTONIC), silent = due;
    for (uint32_t sent = 0; sent < total || (received < total && now(CLOCK_MONOTONIC) - silent < SILENCE);) {
        if (sent < total && now(CLOCK_MONOTONIC) >= due) {
            sent_nanos[sent] = now(CLOCK_REALTIME);
            send_errors(sent++, 1);
            due += step;
            silent = now(CLOCK_MONOTONIC);
        }
        take_arrivals();
    }
    say_outcome(total);
    if (received > 0) {
        qsort(took_nanos, received, sizeof *took_nanos, by_length);
        say("p50", "%.1f", (double)took_nanos[received / 2] / 1e3);
        say("p99", "%.1f", (double)took_nanos[(uint64_t)received * 99 / 100] / 1e3);
        say("max", "%.1f", (double)took_nanos[received - 1] / 1e3);
    }
}

/* ---- probes ---------------------------------------------------------------------------------------------------- */

static int guest_side, nat_side;

static void open_probes(void) {
    guest_side = packet_socket("guest", "guest0");
    nat_side = socket_in("host", AF_INET, SOCK_RAW, IPPROTO_RAW);
}

static void send_probe(uint32_t i) {
    uint8_t frame[ETHERNET_LENGTH + PROBE_LENGTH], packet[PROBE_LENGTH];
    memcpy(frame, gateway_mac, MAC_LENGTH);
    memcpy(frame + MAC_LENGTH, guest_mac, MAC_LENGTH);
    put16(frame + 2 * MAC_LENGTH, ETHERTYPE_IP);
    guest_probe(frame + ETHERNET_LENGTH, i, PROBE_TTL);
    if (send(guest_side, frame, sizeof frame, 0) < 0) {
        fail("send a guest's probe");
    }
    host_probe(packet, i, PROBE_TTL);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(mapping_number(i).destination)};
    if (sendto(nat_side, packet, sizeof packet, 0, (struct sockaddr *)&to, sizeof to) < 0) {
        fail("send a probe as the NAT process");
    }
}

static void sightings(uint32_t count) {
    open_probes();
    for (uint32_t i = 0; i < count; i++) {
        send_probe(i);
        if (i % SIGHTINGS_PER_PAUSE == 0) {
            usleep(PAUSE_MICROS);
        }
    }
}

/* Each error is about a new probe that is sent just before it, as with a fast tracer. */
static void storm(pid_t pid) {
    open_probes();
    long process = process_nanos(pid), begun = now(CLOCK_MONOTONIC), last = begun, time = begun;
    uint32_t sent = 0;
    while (received < total && time - last < SILENCE) {
        uint32_t burst = total - sent < BATCH ? total - sent : BATCH;
        if (burst > 0 && WINDOW - (sent - received) >= burst) {
            for (uint32_t i = 0; i < burst; i++) {
                send_probe(mapping_of(sent + i));
            }
            send_errors(sent, (int)burst);
            sent += burst;
        }
        time = now(CLOCK_MONOTONIC);
        if (take_arrivals() > 0) {
            last = time;
        }
    }
    last = now(CLOCK_MONOTONIC) - (received < total ? SILENCE : 0);
    double packets = received > 0 ? received : 1;
    say("rate", "%.0f", packets * SECOND / (double)(last - begun));
    say("cpu", "%.1f", (double)(process_nanos(pid) - process) / packets);
    say_outcome(sent);
}

/*
 * Probes and their errors at a steady rate, as from many tracers. Between the bursts the processor is free for a client
 * that watches; it cannot delay a burst, so natexd gets the packets in the same way with and without it.
 */
static void trace(long rate, pid_t pid) {
    struct sched_param first = {.sched_priority = 1};
    if (sched_setscheduler(0, SCHED_FIFO, &first) != 0) {
        fail("become a real-time process");
    }
    open_probes();
    long process = process_nanos(pid), due = now(CLOCK_MONOTONIC), silent = due;
    for (uint32_t sent = 0; sent < total || (received < total && now(CLOCK_MONOTONIC) - silent < SILENCE);) {
        struct timespec time = {due / SECOND, due % SECOND};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
        while (take_arrivals() > 0) {
        }
        uint32_t burst = total - sent < TRACE_BURST ? total - sent : TRACE_BURST;
        for (uint32_t i = 0; i < burst; i++) {
            send_probe(mapping_of(sent + i));
        }
        for (uint32_t i = 0; i < burst; i += BATCH) {
            send_errors(sent + i, burst - i < BATCH ? (int)(burst - i) : BATCH);
        }
        sent += burst;
        silent = burst > 0 ? due : silent;
        due += TRACE_BURST * SECOND / rate;
    }
    say("cpu", "%.1f", (double)(process_nanos(pid) - process) / (received > 0 ? received : 1));
    say_outcome(total);
}

/* ---- what the host pays ---------------------------------------------------------------------------------------- */

static void datagrams(uint32_t count) {
    int fd = socket_in("host", AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(0x0a000001)};
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        fail("connect");
    }
    uint8_t octets[18] = {0};
    long own = now(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t i = 0; i < count; i++) {
        if (send(fd, octets, sizeof octets, 0) < 0) {
            fail("send a datagram");
        }
    }
    say("datagram", "%.1f", (double)(now(CLOCK_THREAD_CPUTIME_ID) - own) / count);
}

/* Sends through the host to a network behind it, and counts there; sending and forwarding run in this one thread. */
static void forward(uint32_t count) {
    outside = packet_socket("outside", "out0");
    arrival = packet_socket("guest", "lan0");
    for (int i = 0; i < BATCH; i++) {
        uint8_t *packet = out_frames[i] + ETHERNET_LENGTH;
        ethernet_header(out_frames[i], 2, 3);
        guest_probe(packet, (uint32_t)i, 64);
        put32(packet + 12, 0xc0000202); /* from 192.0.2.2 to 198.51.100.2; the UDP checksum is irrelevant */
        put32(packet + 16, 0xc6336402);
        put16(packet + 10, 0);
        put16(packet + 10, (uint16_t)~fold(sum_octets(packet, IPV4_LENGTH, 0)));
        out_vectors[i] = (struct iovec){out_frames[i], ETHERNET_LENGTH + PROBE_LENGTH};
        out_messages[i].msg_hdr = (struct msghdr){.msg_iov = &out_vectors[i], .msg_iovlen = 1};
        in_vectors[i] = (struct iovec){in_slots[i], SLOT_LENGTH};
        in_messages[i].msg_hdr = (struct msghdr){.msg_iov = &in_vectors[i], .msg_iovlen = 1};
    }
    uint32_t arrived = 0;
    long begun = now(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t sent = 0; sent < count; sent += BATCH) {
        if (sendmmsg(outside, out_messages, BATCH, 0) != BATCH) {
            fail("send a datagram to be forwarded");
        }
        int got;
        while ((got = recvmmsg(arrival, in_messages, BATCH, MSG_DONTWAIT, NULL)) > 0) {
            arrived += (uint32_t)got;
        }
    }
    long took = now(CLOCK_THREAD_CPUTIME_ID) - begun;
    say("forward", "%.0f", arrived * (double)SECOND / (double)took);
    say("not forwarded", "%ld", (long)((count + BATCH - 1) / BATCH * BATCH) - (long)arrived);
}

/* ---- a client that watches ------------------------------------------------------------------------------------- */

static void watch(const char *path) {
    static const char request[] = "watch probes\n";
    static uint8_t octets[1 << 18];
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    if (connect(client, (struct sockaddr *)&to, sizeof to) != 0 || send(client, request, sizeof request - 1, 0) < 0) {
        fail("watch natexd");
    }
    while (recv(client, octets, sizeof octets, 0) > 0) {
    }
    fail("read natexd's records");
}

/* ---- the command line ------------------------------------------------------------------------------------------ */

static uint32_t number(char **argv, int i) {
    char *rest;
    unsigned long value = argv[i] == NULL ? 0 : strtoul(argv[i], &rest, 10);
    if (argv[i] == NULL || *rest != '\0' || value > 100000000) {
        fprintf(stderr, "load: argument %d is no number up to 100000000; see the head of load.c\n", i);
        exit(2);
    }
    return (uint32_t)value;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: load NAMES VERB ARGUMENT...; see the head of load.c\n");
        return 2;
    }
    names = argv[1];
    const char *verb = argv[2];
    if (strcmp(verb, "sightings") == 0) {
        sightings(number(argv, 3));
    } else if (strcmp(verb, "saturate") == 0) {
        open_errors(argv[3], number(argv, 4), number(argv, 5));
        saturate((pid_t)number(argv, 6));
    } else if (strcmp(verb, "pace") == 0) {
        open_errors(argv[3], number(argv, 4), number(argv, 5));
        pace(number(argv, 6));
    } else if (strcmp(verb, "storm") == 0) {
        open_errors(argv[3], MAPPINGS_MAX, number(argv, 4));
        storm((pid_t)number(argv, 5));
    } else if (strcmp(verb, "trace") == 0) {
        open_errors("guest", MAPPINGS_MAX, number(argv, 3));
        trace(number(argv, 4), (pid_t)number(argv, 5));
    } else if (strcmp(verb, "datagrams") == 0) {
        datagrams(number(argv, 3));
    } else if (strcmp(verb, "forward") == 0) {
        forward(number(argv, 3));
    } else if (strcmp(verb, "watch") == 0) {
        watch(argv[3]);
    } else {
        fprintf(stderr, "load: there is no verb %s; see the head of load.c\n", verb);
        return 2;
    }
    return received < total || wrong > 0 || duplicate > 0;
}
