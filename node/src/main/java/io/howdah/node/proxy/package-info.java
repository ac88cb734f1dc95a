/// A node and the proxy beside it, both ends. The node's end (`ProxyBeside`) runs `howdah proxy` as
/// a process of its own that outlives the agent, and tells it who leads; the proxy's end
/// (`NodeProxy`, and `ClusterProxy` on other hosts) puts together what it hears.
///
/// **The stream.** The agent listens on the socket `proxy/events` in the node's directory (mode
/// 0600, in a directory of mode 0700; below `/tmp` where that path is too long). To whoever
/// connects it says what it knows, one line of JSON (`LeadershipReport`) at once, at every change,
/// and each second as a sign of life; while its node leads, at least eight times in a lease, since
/// each line carries until when it may. Every line says all there is, so that lines may be missed.
/// The proxy says one line, `{"listens":"127.0.0.1:6501"}`, when it takes clients, and
/// `{"listens":null}` when another does in its place. When the stream ends, the proxy connects
/// again after 100 ms, and then after up to a second.
///
/// **The next proxy.** One that is to do something else, or is of another version, takes the port
/// over by the socket `proxy/takeover` (`io.howdah.proxy`). In the directory `proxy` the file
/// `coming` names it until it can take clients, then `process`; the one that served is named by
/// `former-<number>` from the same moment on, hears who leads like any other, and ends with its
/// last client. So whatever ends in between, agent or proxy: who listens at the port is found, and
/// who is to end.
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
