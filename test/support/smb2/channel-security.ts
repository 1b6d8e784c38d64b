import { deriveKey, type KeyMaterial } from './key-derivation.ts';
import { type Cipher, keyBytes, Sealing } from './sealing.ts';
import type { SigningAlgorithm, SigningKey } from './signing.ts';

/** The keys of a session on one of its connections. They are derived when first used, so an idle one stays small. */
export class ChannelSecurity {
  readonly sessionId: bigint;
  readonly #material: KeyMaterial;
  readonly #algorithm: SigningAlgorithm;
  readonly #cipher: Cipher | undefined;
  #signingKey: SigningKey | undefined;
  #sealing: Sealing | undefined;

  constructor(sessionId: bigint, material: KeyMaterial, algorithm: SigningAlgorithm, cipher: Cipher | undefined) {
    this.sessionId = sessionId;
    this.#material = material;
    this.#algorithm = algorithm;
    this.#cipher = cipher;
  }

  /** Undefined for guests and anonymous logins, whose messages cannot be signed. */
  get signingKey(): SigningKey | undefined {
    if (!this.#hasKey) return undefined;
    this.#signingKey ??= { algorithm: this.#algorithm, key: deriveKey(this.#material, 'signing') };
    return this.#signingKey;
  }

  /** Undefined where nothing can be encrypted: without a key, or without a cipher both sides know. */
  get sealing(): Sealing | undefined {
    if (!this.#hasKey || this.#cipher === undefined) return undefined;
    this.#sealing ??= this.#deriveSealing(this.#cipher);
    return this.#sealing;
  }

  /** A further channel signs with a key of its own, and encrypts with the keys of the first one. */
  shareSealingOf(first: ChannelSecurity): void {
    this.#sealing = first.sealing;
  }

  get #hasKey(): boolean {
    return this.#material.sessionKey.length > 0;
  }

  #deriveSealing(cipher: Cipher): Sealing {
    const lengthBytes = keyBytes(cipher);
    const encryptionKey = deriveKey(this.#material, 'encryption', lengthBytes);
    const decryptionKey = deriveKey(this.#material, 'decryption', lengthBytes);
    return new Sealing(this.sessionId, cipher, encryptionKey, decryptionKey);
  }
}
