package io.howdah.cluster.simulation;

import java.util.ArrayList;
import java.util.List;

/// Makes a failing run shorter: leaves out one fault after the other, as long as a promise is still
/// broken, then makes what is left shorter.
final class Shrink {

    private Shrink() {}

    /// The shortest run found that fails, traced.
    static Simulation.Result shortest(Simulation.Result failed) {
        List<Fault> plan = new ArrayList<>(failed.plan());
        boolean shorter = true;
        while (shorter) {
            shorter = false;
            for (int i = plan.size() - 1; i >= 0; i--) {
                List<Fault> without = new ArrayList<>(plan);
                without.remove(i);
                if (fails(failed, without)) {
                    plan = without;
                    shorter = true;
                }
            }
        }
        for (int i = 0; i < plan.size(); i++) {
            for (Fault brief = plan.get(i).halfAsLong();
                    brief.lasts() > World.MILLI;
                    brief = brief.halfAsLong()) {
                List<Fault> briefer = new ArrayList<>(plan);
                briefer.set(i, brief);
                if (!fails(failed, briefer)) {
                    break;
                }
                plan = briefer;
            }
        }
        return Simulation.run(failed.seed(), failed.mutation(), plan, true);
    }

    private static boolean fails(Simulation.Result failed, List<Fault> plan) {
        Simulation.Result result = Simulation.run(failed.seed(), failed.mutation(), plan, false);
        return result.violation() != null && result.isUnsafe() == failed.isUnsafe();
    }
}
