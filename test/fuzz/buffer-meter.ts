/** Counts the bytes of buffers that are made, until it is disposed of. */
export interface BufferMeter extends Disposable {
  /** Bytes since the last time. */
  take(): number;
}

const makers = ['alloc', 'allocUnsafe', 'allocUnsafeSlow'] as const;

export function meterBuffers(): BufferMeter {
  let bytes = 0;
  const restores = makers.map((name) => {
    const make = Buffer[name];
    Buffer[name] = ((size: number, ...rest: []) => {
      bytes += size;
      return make(size, ...rest);
    }) as typeof make;
    return () => {
      Buffer[name] = make;
    };
  });
  return {
    take() {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    [Symbol.dispose]() {
      for (const restore of restores) restore();
    },
  };
}
