package dev.rig.credentials.store;

import dev.rig.credentials.image.Hash;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The format of a sealed file. All numbers are big-endian.
 *
 * <pre>
 *  8 bytes  "RIGSEAL" and NUL
 *  2 bytes  version, 1
 * 32 bytes  salt, random, new at every write
 * then for each record
 *  4 bytes  length of the rest of the record, at least 32
 * 16 bytes  the record's tag, derived from its label
 *  n bytes  the content, sealed
 * then once
 *  4 bytes  0
 * 16 bytes  the seal of the whole file
 * </pre>
 *
 * <p>Key: HKDF-SHA-256 of the sealing key with the salt, over the file's purpose and the machine;
 * so a file of another purpose, machine or key has another key, and no two writes share one. Seal:
 * ChaCha20-Poly1305 (RFC 8439), which runs in constant time also in Java, unlike AES. Nonce: the
 * record's number, from 0; the last one seals the whole file. Each write has its own key, so no
 * nonce is used twice with a key. Associated data: the header, the number and the label of the
 * record, of which only the HMAC-SHA-256 ({@code tag}) is in the file: the file does not reveal the
 * registries, and a record can be opened only with its own label (for leases: the entry's prefix
 * and fingerprint). The last seal is over the SHA-256 of everything before it: removed, duplicated
 * or reordered records, and every truncation, are detected before anything is opened.
 */
final class Sealer {
  private static final byte[] MAGIC = "RIGSEAL\0".getBytes(StandardCharsets.US_ASCII);
  private static final short VERSION = 1;
  private static final int SALT = 32;
  private static final int HEADER = MAGIC.length + Short.BYTES + SALT;
  private static final int TAG = 16;
  private static final int MAC = 16;

  private final SealingKey key;
  private final String purpose;
  private final SecureRandom random;

  Sealer(SealingKey key, String purpose, SecureRandom random) {
    this.key = key;
    this.purpose = purpose;
    this.random = random;
  }

  byte[] seal(List<SealedRecord> records) {
    var salt = new byte[SALT];
    random.nextBytes(salt);
    var header = ByteBuffer.allocate(HEADER).put(MAGIC).putShort(VERSION).put(salt).array();
    var fileKey = key.derive(salt, purpose);
    var out = new ByteArrayOutputStream();
    out.writeBytes(header);
    int number = 0;
    for (var record : records) {
      var data = data(header, number, record.label());
      var sealed = crypt(true, fileKey, number, data, record.content());
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(0, TAG + sealed.length).array());
      out.writeBytes(tag(fileKey, record.label()));
      out.writeBytes(sealed);
      number++;
    }
    out.writeBytes(new byte[Integer.BYTES]);
    var whole = Hash.SHA256.of(out.toByteArray());
    out.writeBytes(crypt(true, fileKey, number, data(whole, number, ""), new byte[0]));
    return out.toByteArray();
  }

  /**
   * Opens a file.
   *
   * @throws StoreException if it was not sealed with this key for this purpose, or was changed
   */
  OpenedFile open(byte[] file) {
    if (file.length < HEADER + Integer.BYTES + MAC
        || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new StoreException("it is not a sealed file, or truncated");
    }
    var buffer = ByteBuffer.wrap(file);
    int version = buffer.getShort(MAGIC.length);
    if (version != VERSION) {
      throw new StoreException("it has version " + version + ", and this daemon reads " + VERSION);
    }
    var header = Arrays.copyOf(file, HEADER);
    var fileKey = key.derive(Arrays.copyOfRange(file, HEADER - SALT, HEADER), purpose);
    var records = new ArrayList<Sealed>();
    buffer.position(HEADER);
    while (true) {
      int length = buffer.remaining() < Integer.BYTES + MAC ? -1 : buffer.getInt();
      if (length == 0) {
        break;
      }
      if (length < TAG + MAC || length > buffer.remaining()) {
        throw altered();
      }
      var tag = new byte[TAG];
      var sealed = new byte[length - TAG];
      buffer.get(tag).get(sealed);
      records.add(new Sealed(records.size(), tag, sealed));
    }
    var whole = Hash.SHA256.of(Arrays.copyOf(file, buffer.position()));
    var seal = new byte[buffer.remaining()];
    buffer.get(seal);
    int number = records.size();
    crypt(false, fileKey, number, data(whole, number, ""), seal);
    return new OpenedFile(header, fileKey, records);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  private record Sealed(int number, byte[] tag, byte[] bytes) {}

  /** An authentic file; its records are decrypted one by one. */
  static final class OpenedFile {
    private final byte[] header;
    private final byte[] fileKey;
    private final List<Sealed> records;

    private OpenedFile(byte[] header, byte[] fileKey, List<Sealed> records) {
      this.header = header;
      this.fileKey = fileKey;
      this.records = List.copyOf(records);
    }

    int size() {
      return records.size();
    }

    /** Returns the contents that were sealed with that label, in order. */
    List<byte[]> contents(String label) {
      var tag = tag(fileKey, label);
      return records.stream()
          .filter(record -> MessageDigest.isEqual(tag, record.tag()))
          .map(record ->
              crypt(
                  false,
                  fileKey,
                  record.number(),
                  data(header, record.number(), label),
                  record.bytes()))
          .toList();
    }
  }

  private static StoreException altered() {
    return new StoreException(
        "the file was altered or truncated, or was sealed with another key or on another machine");
  }

  private static byte[] data(byte[] header, int number, String label) {
    var text = label.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(header.length + Integer.BYTES + text.length)
        .put(header)
        .putInt(number)
        .put(text)
        .array();
  }

  private static byte[] crypt(boolean seal, byte[] fileKey, int number, byte[] data, byte[] input) {
    var cipher = new ChaCha20Poly1305();
    var nonce = ByteBuffer.allocate(12).putInt(8, number).array();
    cipher.init(seal, new AEADParameters(new KeyParameter(fileKey), MAC * 8, nonce, data));
    var output = new byte[cipher.getOutputSize(input.length)];
    try {
      int done = cipher.processBytes(input, 0, input.length, output, 0);
      var _ = cipher.doFinal(output, done);
      return output;
    } catch (InvalidCipherTextException e) {
      throw altered();
    }
  }

  private static byte[] tag(byte[] fileKey, String label) {
    var mac = new HMac(SHA256Digest.newInstance());
    mac.init(new KeyParameter(fileKey));
    var text = ("label\n" + label).getBytes(StandardCharsets.UTF_8);
    mac.update(text, 0, text.length);
    var full = new byte[mac.getMacSize()];
    var _ = mac.doFinal(full, 0);
    return Arrays.copyOf(full, TAG);
  }
}
