/*
 * The server that every client of the bench talks to: one thread, one epoll.
 *
 *   epoll-server PORT
 *
 * PORT      takes 100 bytes, answers 100, waits for the client's end
 * PORT + 1  takes everything; answers one byte after the client's end
 * PORT + 2  takes 8 bytes, a little-endian count, and sends that many
 * PORT + 3  as PORT, for requests of 1,000 bytes
 *
 * Says "ready" on stdout and runs until it is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SHORT, SINK, SOURCE, LONGER, KINDS };
enum { MAX_FDS = 65536, ANSWER = 100, BLOCK = 1 << 18 };

static struct {
  uint8_t kind, listening;
  uint64_t received, to_send;
} state[MAX_FDS];

static char block[BLOCK];
static int epoll;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void watch(int fd, int op, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(epoll, op, fd, &event) < 0) die("epoll_ctl");
}

static void listen_at(uint16_t port, uint8_t kind) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, queue = 4096;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof queue);
  if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0) die("bind");
  if (listen(fd, 4096) < 0) die("listen");
  state[fd].kind = kind;
  state[fd].listening = 1;
  watch(fd, EPOLL_CTL_ADD, EPOLLIN);
}

/* Sends what is owed; watches for room only while there is none. */
static void pump(int fd) {
  while (state[fd].to_send > 0) {
    size_t size = state[fd].to_send < BLOCK ? state[fd].to_send : BLOCK;
    ssize_t sent = send(fd, block, size, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN) watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
      else close(fd);
      return;
    }
    state[fd].to_send -= sent;
    if (state[fd].to_send == 0 && state[fd].kind == SOURCE) {
      shutdown(fd, SHUT_WR);
      watch(fd, EPOLL_CTL_MOD, EPOLLIN);
    }
  }
}

static void receive(int fd) {
  ssize_t count;
  /* Bytes beyond the eight of SOURCE's count never come. */
  while ((count = recv(fd, block, BLOCK, 0)) > 0) {
    uint64_t before = state[fd].received, wanted = state[fd].kind == LONGER ? 1000 : 100;
    state[fd].received += count;
    if (state[fd].kind == SOURCE && before == 0) memcpy(&state[fd].to_send, block, 8);
    else if (state[fd].kind != SOURCE && state[fd].kind != SINK && before < wanted && state[fd].received >= wanted)
      state[fd].to_send = ANSWER;
    if (state[fd].to_send > 0) {
      pump(fd);
      return;
    }
    if (count < BLOCK) return;
  }
  if (count < 0 && errno == EAGAIN) return;
  if (count == 0 && state[fd].kind == SINK) send(fd, block, 1, MSG_NOSIGNAL);
  close(fd);
}

static void accept_all(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    if (fd >= MAX_FDS) {
      close(fd);
      continue;
    }
    state[fd].kind = state[listener].kind;
    state[fd].listening = 0;
    state[fd].received = state[fd].to_send = 0;
    watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    if (state[fd].kind == SHORT || state[fd].kind == LONGER) receive(fd);
  }
}

int main(int count, char **arguments) {
  struct epoll_event events[256];
  int port = count > 1 ? atoi(arguments[1]) : 0;
  if (port <= 0) return fprintf(stderr, "epoll-server PORT\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  for (int kind = 0; kind < KINDS; kind++) listen_at(port + kind, kind);
  puts("ready");
  fflush(stdout);
  for (;;) {
    int ready = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (state[fd].listening) accept_all(fd);
      else if (events[i].events & EPOLLOUT) pump(fd);
      else receive(fd);
    }
  }
}
