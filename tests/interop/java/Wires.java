import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a stack opens as its proxies; all asks on all wires are the same for each. */
interface Wires {
    Calls open(String wire, String who) throws Exception;

    default Map<String, Object> facts() throws Exception {
        Map<String, Object> facts = new LinkedHashMap<>();
        for (String wire : List.of("v0-11", "v1-11", "v1-12", "v2-11", "v2-12")) {
            List<String> asks = switch (wire.substring(0, 2)) {
                case "v0" -> List.of("unsigned", "wrong");
                case "v1" -> List.of("unsigned", "signed", "matrix", "wrong");
                default -> List.of("unsigned", "signed", "matrix", "wrong", "paper");
            };
            Calls consumer = open(wire, "consumer");
            Calls stranger = open(wire, "stranger");
            Map<String, Object> told = new LinkedHashMap<>();
            for (String ask : asks) {
                told.put(ask, consumer.ask(ask));
            }
            told.put("stranger", stranger.ask("stranger"));
            told.put("later", consumer.later());
            told.put("astray", consumer.astray(stranger));
            facts.put(wire, told);
        }
        return facts;
    }
}
