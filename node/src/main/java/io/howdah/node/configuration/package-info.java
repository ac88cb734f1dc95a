/// `howdah.yaml`: what the operator says about one node, read into records that hold only values
/// that make sense, with an error for a person wherever one does not.
@NullMarked
package io.howdah.node.configuration;

import org.jspecify.annotations.NullMarked;
