/*
 * What C can do: connections one after the other, IN_FLIGHT at a time, from 127.1.0.n to 127.2.0.n, n in turn from 1 to
 * PAIRS; 100 bytes out (with the SYN where Fast Open has a cookie), 100 bytes back, close.
 *
 *   epoll-client PORT WARM_UP COUNT IN_FLIGHT PAIRS
 *
 * Prints JSON about the COUNT connections after WARM_UP: seconds, CPU seconds and how many had their bytes in the SYN.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 100, MAX_FDS = 65536 };

static struct {
  int sent, received;
} state[MAX_FDS];

static struct sockaddr_in to = {.sin_family = AF_INET};
static char request[SIZE], answer[65536];
static int epoll, pairs, begun, in_syn;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void begin(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in from = {.sin_family = AF_INET};
  int pair = begun++ % pairs;
  from.sin_addr.s_addr = htonl(0x7f010001 + pair);
  to.sin_addr.s_addr = htonl(0x7f020001 + pair);
  if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind");
  ssize_t sent = sendto(fd, request, SIZE, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
  if (sent < 0 && errno == EOPNOTSUPP) {
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) die("connect");
  } else if (sent < 0 && errno != EINPROGRESS) die("sendto");
  state[fd].sent = sent < 0 ? 0 : sent;
  state[fd].received = 0;
  if (sent > 0) in_syn++;
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

/* One if the connection is done. */
static int go_on(int fd, uint32_t events) {
  if ((events & EPOLLOUT) && state[fd].sent < SIZE) {
    ssize_t sent = send(fd, request + state[fd].sent, SIZE - state[fd].sent, MSG_NOSIGNAL);
    if (sent > 0) state[fd].sent += sent;
    else if (errno != EAGAIN) die("send");
  }
  if (!(events & EPOLLIN)) return 0;
  ssize_t count = recv(fd, answer, sizeof answer, 0);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) die("recv");
  state[fd].received += count;
  if (state[fd].received < SIZE) return 0;
  close(fd);
  return 1;
}

static void run(int count, int in_flight) {
  struct epoll_event events[256];
  int started = 0, done = 0;
  in_syn = 0;
  while (started < count && started < in_flight) begin(), started++;
  while (done < count) {
    int ready = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      if (!go_on(events[i].data.fd, events[i].events)) continue;
      done++;
      if (started < count) begin(), started++;
    }
  }
}

static double cpu(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return use.ru_utime.tv_sec + use.ru_stime.tv_sec + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count != 6) return fprintf(stderr, "epoll-client PORT WARM_UP COUNT IN_FLIGHT PAIRS\n"), 2;
  to.sin_port = htons(atoi(arguments[1]));
  pairs = atoi(arguments[5]);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  run(atoi(arguments[2]), atoi(arguments[4]));
  double from = now(), cpu_from = cpu();
  run(atoi(arguments[3]), atoi(arguments[4]));
  printf("{\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"inSyn\":%d}\n", now() - from, cpu() - cpu_from, in_syn);
  return 0;
}
