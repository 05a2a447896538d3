package io.varve.engine.block;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.jspecify.annotations.Nullable;

/// Inflates block payloads. Safe from any thread.
///
/// zstd contexts (some 160 KiB each) are kept in a pool: there are never more than threads that
/// inflated at the same time.
final class BlockInflater {

  private static final LZ4SafeDecompressor LZ4 = LZ4Factory.fastestInstance().safeDecompressor();
  private static final ConcurrentLinkedQueue<ZstdDecompressCtx> ZSTD_POOL =
      new ConcurrentLinkedQueue<>();

  private BlockInflater() {}

  /// Inflates `source` to exactly all of `target`; both are native memory.
  ///
  /// @return null, or what was wrong
  static @Nullable String inflate(
      Compression compression, MemorySegment source, MemorySegment target) {
    ByteBuffer from = source.asByteBuffer();
    ByteBuffer to = target.asByteBuffer();
    int wanted = to.capacity();
    try {
      int inflated =
          switch (compression) {
            case NONE -> throw new IllegalArgumentException("nothing to inflate");
            case LZ4 -> LZ4.decompress(from, 0, from.capacity(), to, 0, wanted);
            case ZSTD -> inflateZstd(from, to);
          };
      return inflated == wanted ? null : "inflates to " + inflated + " bytes, expected " + wanted;
    } catch (LZ4Exception | ZstdException e) {
      return "does not inflate: " + e.getMessage();
    }
  }

  private static int inflateZstd(ByteBuffer from, ByteBuffer to) {
    ZstdDecompressCtx pooled = ZSTD_POOL.poll();
    ZstdDecompressCtx context = pooled != null ? pooled : new ZstdDecompressCtx();
    try {
      return context.decompressDirectByteBuffer(to, 0, to.capacity(), from, 0, from.capacity());
    } finally {
      ZSTD_POOL.add(context);
    }
  }
}
