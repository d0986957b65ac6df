/**
 * The part of ari-client 2.2.0 and its swagger-client that this folder uses; `@types/ari-client` is
 * wrong in places. The operations come from Asterisk's API documents
 * (`/usr/share/asterisk/rest-api/*.json`), not from ari-client.
 */
declare module 'ari-client' {
  /** Parameters by their names in the API documents; `body` is a JSON text, sent unchanged. */
  type Operation<Parameters, Result = void> = (parameters: Parameters) => PromiseLike<Result>;

  interface OnChannel {
    channelId: string;
  }

  export interface Client {
    channels: {
      get: Operation<OnChannel, unknown>;
      answer: Operation<OnChannel>;
      originateWithId: Operation<OnChannel & { body: string }, unknown>;
      getChannelVar: Operation<OnChannel & { variable: string }, unknown>;
      playWithId: Operation<OnChannel & { playbackId: string; body: string }, unknown>;
      continueInDialplan: Operation<OnChannel & { context: string; extension: string; priority: number }>;
      hangup: Operation<OnChannel>;
    };
    playbacks: { get: Operation<{ playbackId: string }, unknown>; stop: Operation<{ playbackId: string }> };
    applications: {
      get: Operation<{ applicationName: string }, unknown>;
      filter: Operation<{ applicationName: string; filter: object }, unknown>;
    };
    asterisk: {
      getGlobalVar: Operation<{ variable: string }, unknown>;
      setGlobalVar: Operation<{ variable: string; value: string }>;
    };
    sounds: { list: Operation<{ lang: string; format: string }, unknown> };
  }

  const ariClient: { connect(url: string, username: string, password: string): PromiseLike<Client> };
  export default ariClient;
}
