/**
 * Descriptions of media that keep it on 127.0.0.1.
 *
 * Asterisk's ICE knows every address of the machine but those of loopback (res_rtp_asterisk.c,
 * rtp_add_candidates_to_ice), although its RTP is bound to loopback alone. So the page is told where the RTP
 * is: at the address and port of the media line. To Asterisk an address is as good as another, for it answers
 * where the browser's checks come from; but a name ending in .local, which browsers give for privacy, it
 * cannot read, and without one candidate it does not begin. Where a browser gives names, it connects to 0.0.0.0,
 * which is a call on hold (RFC 3264, 8.4), and the menu waits for its end.
 */

/** The answer, with one candidate: where its media line says. */
export function pointToLoopback(answer: string): string {
  const port = /^m=audio (\d+) /m.exec(answer)?.[1];
  if (port === undefined) return answer;
  const others = answer.replace(/^a=(?:candidate:.*|end-of-candidates)\r\n/gm, '');
  const candidate = `a=candidate:1 1 UDP 2130706431 127.0.0.1 ${port} typ host\r\n`;
  return others.endsWith('\r\n') ? others + candidate : `${others}\r\n${candidate}`;
}

/** The offer, with no address but 127.0.0.1. */
export function hideAddresses(offer: string): string {
  return offer
    .replace(/^c=IN IP4 \S+/gm, 'c=IN IP4 127.0.0.1')
    .replace(
      /^(a=candidate:\S+ \d+ udp \d+ )\S+( \d+ typ host)/gim,
      (_, before: string, after: string) => `${before}127.0.0.1${after}`,
    );
}
