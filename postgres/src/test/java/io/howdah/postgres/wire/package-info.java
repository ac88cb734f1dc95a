/// Tests of the wire client, against real servers where one is needed.
@NullMarked
package io.howdah.postgres.wire;

import org.jspecify.annotations.NullMarked;
