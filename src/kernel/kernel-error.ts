/** The kernel did not say what it was asked. docs/errors.md has the codes. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
  readonly code: 'KERNEL_UNREACHABLE' | 'KERNEL_TOO_OLD' | 'NETLINK_REFUSED' | 'NETLINK_FAILED' | 'NETLINK_MALFORMED';

  constructor(code: KernelError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
