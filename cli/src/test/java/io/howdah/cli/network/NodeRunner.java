package io.howdah.cli.network;

import java.io.IOException;
import java.nio.file.Path;

/// What runs each node on its host.
interface NodeRunner extends AutoCloseable {

    /// Where nodes keep what they write, as their hosts name it: each in a folder of its own there.
    String data();

    /// Starts a node.
    ///
    /// @param made what `howdah init` made for it
    void start(String node, Path made) throws IOException;

    /// What a node logs.
    Path log(String node);

    /// Stops all nodes.
    @Override
    void close();
}
