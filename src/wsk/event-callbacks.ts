import { STATUS_SUCCESS } from '../base/index.ts';
import {
  WSK_EVENT_ACCEPT,
  WSK_EVENT_DISABLE,
  WSK_EVENT_DISCONNECT,
  WSK_EVENT_RECEIVE,
  WSK_EVENT_RECEIVE_FROM,
  WSK_EVENT_SEND_BACKLOG,
} from './constants.ts';
import type { WskRequest } from './request.ts';

/** The bits of a connection; on a listening socket they are handed down to the sockets it accepts. */
export const CONNECTION_EVENTS = WSK_EVENT_SEND_BACKLOG | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT;
export const LISTEN_EVENTS = WSK_EVENT_ACCEPT;
export const DATAGRAM_EVENTS = WSK_EVENT_RECEIVE_FROM;
/** What WSK_SET_STATIC_EVENT_CALLBACKS takes: events of every category, mixed. */
export const ALL_EVENTS = CONNECTION_EVENTS | LISTEN_EVENTS | DATAGRAM_EVENTS;

/** Whether a mask means disabling one event, which must come alone. */
export const isDisable = (mask: number): boolean => (mask & WSK_EVENT_DISABLE) !== 0;
export const eventsOf = (mask: number): number => mask & ~WSK_EVENT_DISABLE;

/**
 * Which event callbacks of one socket are enabled, and which run right now. Disabling an event is over when no call of
 * it runs any more.
 */
export class EventCallbacks {
  /** Enabled by SO_WSK_EVENT_CALLBACK or inherited from a listening socket. */
  private enabled = 0;
  /** Set for all sockets of the client, for good. */
  private readonly fixed: number;
  /** The events whose callbacks run now, one entry per call; made when the first one is called. */
  private running: number[] | null = null;
  private waiting: { readonly event: number; readonly request: WskRequest }[] | null = null;

  constructor(fixed: number) {
    this.fixed = fixed;
  }

  get mask(): number {
    return this.enabled | this.fixed;
  }

  has(event: number): boolean {
    return (this.mask & event) !== 0;
  }

  isFixed(event: number): boolean {
    return (this.fixed & event) !== 0;
  }

  enable(events: number): void {
    this.enabled |= events;
  }

  /** No call of `event` starts from now on. @returns whether one runs still */
  disable(event: number): boolean {
    this.enabled &= ~event;
    return this.isRunning(event);
  }

  isRunning(event: number): boolean {
    return this.running?.includes(event) ?? false;
  }

  get anyRunning(): boolean {
    return (this.running?.length ?? 0) > 0;
  }

  begin(event: number): void {
    this.running ??= [];
    this.running.push(event);
  }

  end(event: number): void {
    const running = this.running!;
    running.splice(running.lastIndexOf(event), 1);
    if (this.waiting === null || this.isRunning(event)) return;
    for (const { request } of this.waiting.filter((entry) => entry.event === event))
      request.completeSoon(STATUS_SUCCESS, 0);
    this.waiting = this.waiting.filter((entry) => entry.event !== event);
  }

  /** Completes `request` when the calls of `event` that run now have returned. */
  completeAfter(event: number, request: WskRequest): void {
    this.waiting ??= [];
    this.waiting.push({ event, request });
  }
}
