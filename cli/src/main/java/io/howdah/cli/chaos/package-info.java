/// `howdah chaos`: hurts a demo on purpose while clients write, and finds out whether every promise
/// was kept. A seed decides the faults; the checks are functions of what was written down
/// (`check`); what touches clocks, sockets and processes is here.
@NullMarked
package io.howdah.cli.chaos;

import org.jspecify.annotations.NullMarked;
