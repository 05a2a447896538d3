/// The only door to the disk.
///
/// Everything the engine does to files goes through [FileSystem], so that every fault can be made in
/// a test: a real implementation, one in memory that can lose power, one that injects faults.
/// I/O errors are wrapped here, once, as `StorageException`. No thread that does I/O may be
/// interrupted: the JDK closes the channel under it.
@NullMarked
package io.varve.engine.file;

import org.jspecify.annotations.NullMarked;
