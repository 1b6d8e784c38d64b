import { KernelError } from './kernel-error.ts';

/** The C library's functions that are used here. What fails gives a negative number; `lastError` then says why. */
export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  close(descriptor: number): void;
  /** Runs on a thread of its own, as `recv` does. */
  send(descriptor: number, bytes: Uint8Array): Promise<number>;
  /** Does not wait where the flags say so: it runs on this very thread. */
  sendTo(descriptor: number, bytes: Uint8Array, flags: number, address: Uint8Array): number;
  recv(descriptor: number, into: Uint8Array, flags: number): Promise<number>;
  prctl(option: number, value: number): number;
  /** Name of the error of the call that has just come back, such as `EPERM`. */
  lastError(): string;
}

let loaded: Promise<Libc> | undefined;

/**
 * Loads koffi and finds the functions, once: a command that needs none of it does not wait for it.
 *
 * @throws KernelError KERNEL_UNREACHABLE
 */
export function loadLibc(): Promise<Libc> {
  loaded ??= load().catch((error: Error) => {
    throw new KernelError('KERNEL_UNREACHABLE', `the C library can't be called: ${error.message}`, error);
  });
  return loaded;
}

async function load(): Promise<Libc> {
  const { default: koffi } = await import('koffi');
  // The library that Node itself runs with, whatever its name is.
  const library = koffi.load(null);
  const socket = library.func('int socket(int, int, int)');
  const close = library.func('int close(int)');
  const send = library.func('long send(int, const uint8_t *, size_t, int)');
  const sendTo = library.func('long sendto(int, const uint8_t *, size_t, int, const uint8_t *, uint32_t)');
  const recv = library.func('long recv(int, _Out_ uint8_t *, size_t, int)');
  const prctl = library.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)');
  const names = new Map(Object.entries(koffi.os.errno).map(([name, number]) => [number, name]));
  const later = async (call: typeof send, ...words: readonly unknown[]): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number | bigint>();
    try {
      call.async(...words, (error: Error | null, result: number | bigint) => (error ? reject(error) : resolve(result)));
      return Number(await promise);
    } catch (error) {
      throw new KernelError('NETLINK_FAILED', `the C library was not called: ${(error as Error).message}`, error);
    }
  };
  return {
    socket: (family, type, protocol) => socket(family, type, protocol),
    close: (descriptor) => close(descriptor),
    send: (descriptor, bytes) => later(send, descriptor, bytes, bytes.length, 0),
    sendTo: (descriptor, bytes, flags, address) =>
      Number(sendTo(descriptor, bytes, bytes.length, flags, address, address.length)),
    recv: (descriptor, into, flags) => later(recv, descriptor, into, into.length, flags),
    prctl: (option, value) => prctl(option, value, 0, 0, 0),
    lastError: () => names.get(koffi.errno()) ?? `error ${koffi.errno()}`,
  };
}
