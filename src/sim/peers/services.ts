import type { Executor } from '../../time/index.ts';
import type { Lease, StreamEndpoint } from '../../wsk/index.ts';
import { StreamPeer } from './stream-peer.ts';

/** Sends back what comes (RFC 862): the received bytes themselves, given back when they are acknowledged. */
class EchoPeer extends StreamPeer {
  protected take(lease: Lease): void {
    let left = lease.pieces.length;
    for (const piece of lease.pieces) {
      this.say(piece, () => {
        if (--left === 0) lease.release();
      });
    }
  }
}

/** Takes everything and says nothing (RFC 863). */
class DiscardPeer extends StreamPeer {
  protected take(lease: Lease): void {
    lease.release();
  }
}

const LONGEST_REQUEST = 16_384;

/** Answers one HTTP/1.x request with a short text and ends the connection. */
class HttpPeer extends StreamPeer {
  private request = '';
  private answered = false;

  protected take(lease: Lease): void {
    const decoder = new TextDecoder('latin1');
    if (this.request.length < LONGEST_REQUEST) {
      for (const piece of lease.pieces) this.request += decoder.decode(piece);
    }
    lease.release();
    if (!this.answered && (this.request.includes('\r\n\r\n') || this.request.length >= LONGEST_REQUEST)) this.answer();
  }

  protected override takeEnd(): void {
    if (!this.answered) this.answer();
    this.endBoth();
  }

  private answer(): void {
    this.answered = true;
    const [method = '', target = ''] = this.request.split(/\s/, 2);
    const valid = /^[A-Z]+$/.test(method) && target !== '';
    const body = valid ? `OpenWSK answers ${method} ${target}\n` : 'OpenWSK expected an HTTP request\n';
    const head = `HTTP/1.1 ${valid ? '200 OK' : '400 Bad Request'}\r\nContent-Type: text/plain\r\n`;
    const text = `${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${method === 'HEAD' ? '' : body}`;
    this.say(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    this.endBoth();
  }
}

/** What is done with a connection of a peer's. */
export type PeerService = (endpoint: StreamEndpoint, executor: Executor) => StreamPeer;

export const echo: PeerService = (endpoint) => new EchoPeer(endpoint);
export const discard: PeerService = (endpoint) => new DiscardPeer(endpoint);
export const http: PeerService = (endpoint) => new HttpPeer(endpoint);
