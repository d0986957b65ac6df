/** The part of ding-dong 0.1.7 that is used here; it has no types of its own. */
declare module 'ding-dong' {
  export interface Answer {
    readonly code: number;
    readonly result: string;
  }
  export interface Context {
    onEvent(event: 'variables'): Promise<Record<string, string>>;
    on(event: 'hangup' | 'close' | 'error', listener: (error?: Error) => void): void;
    getData(sound: string, firstKeyWithinMs: number, maxDigits: number): Promise<Answer>;
    streamFile(sound: string, escapeDigits: string): Promise<Answer>;
    hangup(): Promise<Answer>;
    end(): Promise<void>;
  }
  export default function listen(handler: (context: Context) => void): {
    start(port: number, host: string): unknown;
  };
}
