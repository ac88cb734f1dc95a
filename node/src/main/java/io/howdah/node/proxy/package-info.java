/// A node and the proxy beside it, both ends. The node's end (`ProxyBeside`) runs `howdah proxy` as
/// a process of its own that outlives the agent, and tells it who leads; the proxy's end
/// (`NodeProxy`, and `ClusterProxy` on other hosts) puts together what it hears.
///
/// **The stream.** The agent listens on the socket `proxy/events` in the node's directory (mode
/// 0600, in a directory of mode 0700; below `/tmp` where that path is too long). To whoever
/// connects it says what it knows, one line of JSON (`LeadershipReport`) at once, at every change,
/// and each second as a sign of life; while its node leads, at least eight times in a lease, since
/// each line carries until when it may. Every line says all there is, so that lines may be missed.
/// The proxy says one line, `{"listens":"127.0.0.1:6501"}`, when it takes clients. When the stream
/// ends, the proxy connects again after 100 ms, and then after up to a second.
///
/// **What is believed.** The highest epoch that anybody has told of, and within an epoch: it is
/// offered, somebody leads, it is over; never back. Silence changes nothing: an agent that has
/// crashed must not make its proxy useless while the cluster is well. But while the agent is gone,
/// silent for 3 s, or sees no majority, the other nodes are asked over their API, each second and
/// at once when a connection to the primary was lost. The exception is the node's own primary: it
/// is left when its lease is over, by the deadline that the agent said last, since nobody else may
/// have told yet.
@NullMarked
package io.howdah.node.proxy;

import org.jspecify.annotations.NullMarked;
