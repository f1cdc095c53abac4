//! Every kind of mistake in a scenario, and its one-line answer.
//!
//! Each line names the place, the found value and the expected one; readers see these lines unchanged.

use worldlines::formats::scenario;

/// Whole scenarios.
const WHOLE: &[(&str, &str)] = &[
    (
        r#""#,
        r#"found a syntax error (EOF while parsing a value) at line 1, column 0, expected JSON"#,
    ),
    (r#"[]"#, r#"found [], expected an object"#),
    (
        r#"{"version":1"#,
        r#"found a syntax error (EOF while parsing an object) at line 1, column 12, expected JSON"#,
    ),
    (
        r#"{"version":1,}"#,
        r#"found a syntax error (trailing comma) at line 1, column 14, expected JSON"#,
    ),
    (
        r#"{"version":1,"version":1}"#,
        r#"found the field "version" again at line 1, column 22, expected each field once"#,
    ),
    (
        r#"{"version":1,"nodes":["\ud800"]}"#,
        r#"found a syntax error (unexpected end of hex escape) at line 1, column 30, expected JSON"#,
    ),
    (r#"{"protocol":"best-effort-broadcast","nodes":3}"#, r#"version: found nothing, expected 1"#),
    (
        r#"{"verson":1,"protocol":"best-effort-broadcast","nodes":3}"#,
        r#"verson: found the unknown field "verson", expected "version", "title", "protocol", "params", "nodes", "seed", "network", "requests", "faults", "until", "captions" or "goal"; did you mean "version"?"#,
    ),
    (
        r#"{"version":1,"protocol":"interactive-consistency","params":{"traitors":2},"nodes":42}"#,
        r#"nodes: found 42, expected at most 41 nodes with these parameters"#,
    ),
    (
        r##"{"version":1,"protocol":"interactive-consistency","nodes":3,"faults":[{"forge":{"message":"P1>P2#2","with":["v1"]}}]}"##,
        r#"faults[0].forge.with: found ["v1"], expected a value, or a list of 3: for each node its supposed statement, or null"#,
    ),
    (
        r#"{"version":2,"protocol":"new","nodes":3,"shape":"round"}"#,
        r#"version: found 2, expected 1: a later Worldlines wrote this, open it there"#,
    ),
    (
        r#"{"version":"1","protocol":"best-effort-broadcast","nodes":3}"#,
        r#"version: found "1", expected 1"#,
    ),
    (
        r#"{"version":0,"protocol":"best-effort-broadcast","nodes":3}"#,
        r#"version: found 0, expected 1"#,
    ),
    (r#"{"version":1,"nodes":3}"#, r#"protocol: found nothing, expected the id of a protocol"#),
    (
        r#"{"version":1,"protocol":7,"nodes":3}"#,
        r#"protocol: found 7, expected the id of a protocol"#,
    ),
    (
        r#"{"version":1,"protocol":"reliable-brodcast","nodes":3}"#,
        r#"protocol: found "reliable-brodcast", expected the id of a protocol that `worldlines list` shows; did you mean "reliable-broadcast"?"#,
    ),
    (
        r#"{"version":1,"protocol":"small-talk","nodes":3}"#,
        r#"protocol: found "small-talk", expected the id of a protocol that `worldlines list` shows"#,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast"}"#,
        r#"nodes: found nothing, expected a list of 1 to 128 names, or a number from 1 to 128"#,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":0}"#,
        r#"nodes: found 0, expected a list of 1 to 128 names, or a number from 1 to 128"#,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":129}"#,
        r#"nodes: found 129, expected a list of 1 to 128 names, or a number from 1 to 128"#,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":2.5}"#,
        r#"nodes: found 2.5, expected a list of 1 to 128 names, or a number from 1 to 128"#,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":[]}"#,
        r#"nodes: found [], expected a list of 1 to 128 names, or a number from 1 to 128"#,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":["Alice","Bob","Alice"]}"#,
        r#"nodes[2]: found "Alice", expected a name that no other node has"#,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":["Alice",""]}"#,
        r##"nodes[1]: found "", expected a name of 1 to 24 characters, without ">", "#", control or private-use characters"##,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":["Alice>Bob"]}"#,
        r##"nodes[0]: found "Alice>Bob", expected a name of 1 to 24 characters, without ">", "#", control or private-use characters"##,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":["Alice\n"]}"#,
        r##"nodes[0]: found "Alice\n", expected a name of 1 to 24 characters, without ">", "#", control or private-use characters"##,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":["\ue001"]}"#,
        r##"nodes[0]: found "\ue001", expected a name of 1 to 24 characters, without ">", "#", control or private-use characters"##,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":["abcdefghijklmnopqrstuvwxy"]}"#,
        r##"nodes[0]: found "abcdefghijklmnopqrstuvwxy", expected a name of 1 to 24 characters, without ">", "#", control or private-use characters"##,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":3,"requests":[{"at":1,"node":"P4","do":"broadcast","with":"m"}]}"#,
        r#"requests[0].node: found "P4", expected a node: "P1", "P2" or "P3""#,
    ),
    (
        r#"{"version":1,"protocol":"reliable-broadcast","nodes":3,"params":{"max-crashs":1}}"#,
        r#"params.max-crashs: found the unknown parameter "max-crashs", expected "max-crashes"; did you mean "max-crashes"?"#,
    ),
    (
        r#"{"version":1,"protocol":"reliable-broadcast","nodes":3,"params":{"max-crashes":128}}"#,
        r#"params.max-crashes: found 128, expected a whole number from 0 to 127"#,
    ),
    (
        r#"{"version":1,"protocol":"reliable-broadcast","nodes":3,"params":{"max-crashes":"two"}}"#,
        r#"params.max-crashes: found "two", expected a whole number from 0 to 127"#,
    ),
    (
        r#"{"version":1,"protocol":"uniform-broadcast","nodes":3,"params":{"quorum":"majorty"}}"#,
        r#"params.quorum: found "majorty", expected "everyone" or "majority"; did you mean "majority"?"#,
    ),
    (
        r#"{"version":1,"protocol":"best-effort-broadcast","nodes":3,"params":{"quorum":"majority"}}"#,
        r#"params.quorum: found the unknown parameter "quorum", expected none"#,
    ),
];

/// Fields of a scenario that is otherwise valid.
const FIELDS: &[(&str, &str)] = &[
    (r#""params":[]"#, r#"params: found [], expected an object"#),
    (
        r#""title":7"#,
        r#"title: found 7, expected a text of at most 200 characters, without control characters"#,
    ),
    (
        r#""title":"two\nlines""#,
        r#"title: found "two\nlines", expected a text of at most 200 characters, without control characters"#,
    ),
    (r#""seed":-1"#, r#"seed: found -1, expected a whole number from 0 to 9007199254740991"#),
    (
        r#""seed":9007199254740992"#,
        r#"seed: found 9007199254740992, expected a whole number from 0 to 9007199254740991"#,
    ),
    (r#""seed":1.5"#, r#"seed: found 1.5, expected a whole number from 0 to 9007199254740991"#),
    (r#""until":0"#, r#"until: found 0, expected a whole number from 1 to 1000000000"#),
    (
        r#""until":1000000001"#,
        r#"until: found 1000000001, expected a whole number from 1 to 1000000000"#,
    ),
    (
        r#""request":[]"#,
        r#"request: found the unknown field "request", expected "version", "title", "protocol", "params", "nodes", "seed", "network", "requests", "faults", "until", "captions" or "goal"; did you mean "requests"?"#,
    ),
    (
        r#""cap tions":[]"#,
        r#"["cap tions"]: found the unknown field "cap tions", expected "version", "title", "protocol", "params", "nodes", "seed", "network", "requests", "faults", "until", "captions" or "goal"; did you mean "captions"?"#,
    ),
    (r#""network":[]"#, r#"network: found [], expected an object"#),
    (
        r#""network":{"los":0.1}"#,
        r#"network.los: found the unknown field "los", expected "timing", "delay", "order", "loss", "duplicate", "corrupt", "detector", "topology", "medium" or "links"; did you mean "loss"?"#,
    ),
    (
        r#""network":{"loss":1.5}"#,
        r#"network.loss: found 1.5, expected a number from 0 to 1 with at most six decimals"#,
    ),
    (
        r#""network":{"loss":-0.1}"#,
        r#"network.loss: found -0.1, expected a number from 0 to 1 with at most six decimals"#,
    ),
    (
        r#""network":{"loss":0.1234567}"#,
        r#"network.loss: found 0.1234567, expected a number from 0 to 1 with at most six decimals"#,
    ),
    (
        r#""network":{"loss":"0.1"}"#,
        r#"network.loss: found "0.1", expected a number from 0 to 1 with at most six decimals"#,
    ),
    (
        r#""network":{"duplicate":true}"#,
        r#"network.duplicate: found true, expected a number from 0 to 1 with at most six decimals"#,
    ),
    (
        r#""network":{"corrupt":1.5}"#,
        r#"network.corrupt: found 1.5, expected a number from 0 to 1 with at most six decimals"#,
    ),
    (
        r#""network":{"topology":"rign"}"#,
        r#"network.topology: found "rign", expected "full", "ring", "line", "tree" or {"links": [[A, B], …]}; did you mean "ring"?"#,
    ),
    (
        r#""network":{"topology":{"routers":["Bob"]}}"#,
        r#"network.topology.links: found nothing, expected a list of pairs of nodes"#,
    ),
    (
        r#""network":{"topology":{"links":[["Alice"]]}}"#,
        r#"network.topology.links[0]: found ["Alice"], expected a pair of nodes, such as ["A", "B"]"#,
    ),
    (
        r#""network":{"topology":{"links":[["Alice","Bob"],["Bob","Alice"]]}}"#,
        r#"network.topology.links[1]: found ["Bob","Alice"], expected each pair once"#,
    ),
    (
        r#""network":{"topology":{"links":[["Alice","Alice"]]}}"#,
        r#"network.topology.links[0][1]: found "Alice", expected another node: a node sends itself nothing over the network"#,
    ),
    (
        r#""network":{"topology":{"links":[],"routers":["Bob","Bob"]}}"#,
        r#"network.topology.routers[1]: found "Bob", expected each router once"#,
    ),
    (
        r#""network":{"medium":"air"}"#,
        r#"network.medium: found "air", expected "links" or "shared""#,
    ),
    (
        r#""network":{"order":"fifi"}"#,
        r#"network.order: found "fifi", expected "any" or "fifo"; did you mean "fifo"?"#,
    ),
    (
        r#""network":{"delay":[30,10]}"#,
        r#"network.delay[1]: found 10, expected a whole number from 30 to 1000000000"#,
    ),
    (
        r#""network":{"delay":[10]}"#,
        r#"network.delay: found [10], expected [least, greatest], in ms"#,
    ),
    (
        r#""network":{"delay":[1,2,3]}"#,
        r#"network.delay: found [1,2,3], expected [least, greatest], in ms"#,
    ),
    (r#""network":{"delay":10}"#, r#"network.delay: found 10, expected [least, greatest], in ms"#),
    (
        r#""network":{"timing":"synchron"}"#,
        r#"network.timing: found "synchron", expected "asynchronous" or {"synchronous": BOUND}"#,
    ),
    (
        r#""network":{"timing":{"synchronous":-5}}"#,
        r#"network.timing.synchronous: found -5, expected a whole number from 0 to 1000000000"#,
    ),
    (
        r#""network":{"timing":{"bound":5}}"#,
        r#"network.timing.bound: found the unknown field "bound", expected "synchronous""#,
    ),
    (
        r#""network":{"detector":"Perfect"}"#,
        r#"network.detector: found "Perfect", expected "none", "perfect" or {"perfect": MS}; did you mean "perfect"?"#,
    ),
    (
        r#""network":{"detector":{"perfect":"soon"}}"#,
        r#"network.detector.perfect: found "soon", expected a whole number from 0 to 1000000000"#,
    ),
    (
        r#""network":{"links":[{"from":"Alice","to":"Alice","delay":[1,2]}]}"#,
        r#"network.links[0].to: found "Alice", expected another node: a node sends itself nothing over the network"#,
    ),
    (
        r#""network":{"links":[{"from":"Alice","to":"Bob","delay":[1,2]},{"from":"Alice","to":"Bob","delay":[3,4]}]}"#,
        r#"network.links[1]: found {"delay":[3,4],"from":"Alice","to":"Bob"}, expected each link once"#,
    ),
    (
        r#""network":{"links":[{"from":"Alice","to":"Bob"}]}"#,
        r#"network.links[0].delay: found nothing, expected [least, greatest], in ms"#,
    ),
    (r#""requests":{}"#, r#"requests: found {}, expected a list of requests"#),
    (
        r#""requests":[{"node":"Alice","do":"broadcast","with":"m1"}]"#,
        r#"requests[0].at: found nothing, expected a whole number from 0 to 1000000000"#,
    ),
    (
        r#""requests":[{"at":10,"node":"Alise","do":"broadcast","with":"m1"}]"#,
        r#"requests[0].node: found "Alise", expected a node: "Alice", "Bob" or "Carol"; did you mean "Alice"?"#,
    ),
    (
        r#""requests":[{"at":10,"node":"Alice","do":"brodcast","with":"m1"}]"#,
        r#"requests[0].do: found "brodcast", expected "broadcast"; did you mean "broadcast"?"#,
    ),
    (
        r#""requests":[{"at":10,"node":"Alice","do":"broadcast"}]"#,
        r#"requests[0].with: found nothing, expected a text or a whole number"#,
    ),
    (
        r#""requests":[{"at":10,"node":"Alice","do":"broadcast","with":["m1"]}]"#,
        r#"requests[0].with: found ["m1"], expected a text or a whole number"#,
    ),
    (
        r#""requests":[{"at":10,"node":"Alice","do":"broadcast","with":"m\ue000"}]"#,
        r#"requests[0].with: found "m\ue000", expected a text without the private-use characters U+E000 to U+E07F"#,
    ),
    (
        r#""requests":[{"at":10,"node":"Alice","do":"broadcast","with":0.1234567}]"#,
        r#"requests[0].with: found 0.1234567, expected numbers of at most six decimals, whole ones up to 2^53−1, others up to 9·10^9"#,
    ),
    (
        r#""requests":[{"at":1e10,"node":"Alice","do":"broadcast","with":"m1"}]"#,
        r#"requests[0].at: found 1e+10, expected a whole number from 0 to 1000000000"#,
    ),
    (
        r#""requests":[{"at":10,"node":"Alice","do":"broadcast","with":"m1","who":"Bob"}]"#,
        r#"requests[0].who: found the unknown field "who", expected "at", "node", "do" or "with""#,
    ),
    (r#""faults":["crash"]"#, r#"faults[0]: found "crash", expected an object"#),
    (
        r#""faults":[{}]"#,
        r#"faults[0]: found {}, expected one fault in each object, such as {"drop": …}"#,
    ),
    (
        r#""faults":[{"crsh":{"node":"Alice","at":10}}]"#,
        r#"faults[0].crsh: found the unknown fault "crsh", expected "drop", "delay", "duplicate", "corrupt", "forge", "crash", "recover", "pause", "partition", "cut", "omit", "traitor" or "drift"; did you mean "crash"?"#,
    ),
    (
        r#""faults":[{"melt":{"node":"Alice"}}]"#,
        r#"faults[0].melt: found the unknown fault "melt", expected "drop", "delay", "duplicate", "corrupt", "forge", "crash", "recover", "pause", "partition", "cut", "omit", "traitor" or "drift""#,
    ),
    (
        r##""faults":[{"drop":{"message":"Alice>Bob#1"},"crash":{"node":"Alice","at":10}}]"##,
        r#"faults[0]: found {"crash":{"at":10,"node":"Alice"},"drop":{"message":"Alice>B…, expected one fault in each object, such as {"drop": …}"#,
    ),
    (
        r#""faults":[{"drop":{}}]"#,
        r##"faults[0].drop.message: found nothing, expected a message such as "Alice>Bob#1""##,
    ),
    (
        r#""faults":[{"drop":{"message":"Alice-Bob"}}]"#,
        r##"faults[0].drop.message: found "Alice-Bob", expected a message such as "Alice>Bob#1""##,
    ),
    (
        r##""faults":[{"drop":{"message":"Alice>Bob#0"}}]"##,
        r##"faults[0].drop.message: found "Alice>Bob#0", expected a message such as "Alice>Bob#1""##,
    ),
    (
        r##""faults":[{"drop":{"message":"Alice>Bob#01"}}]"##,
        r##"faults[0].drop.message: found "Alice>Bob#01", expected a message such as "Alice>Bob#1""##,
    ),
    (
        r##""faults":[{"drop":{"message":"Alice>Bob#+1"}}]"##,
        r##"faults[0].drop.message: found "Alice>Bob#+1", expected a message such as "Alice>Bob#1""##,
    ),
    (
        r##""faults":[{"drop":{"message":"Alice>Carrol#1"}}]"##,
        r##"faults[0].drop.message: found "Alice>Carrol#1", expected a message between two of the nodes "Alice", "Bob" or "Carol"; did you mean "Alice>Carol#1"?"##,
    ),
    (
        r##""faults":[{"drop":{"message":"Alice>Zoe#1"}}]"##,
        r##"faults[0].drop.message: found "Alice>Zoe#1", expected a message between two of the nodes "Alice", "Bob" or "Carol""##,
    ),
    (
        r##""faults":[{"drop":{"message":"Bob>Bob#1"}}]"##,
        r##"faults[0].drop.message: found "Bob>Bob#1", expected a message between two nodes: a node sends itself nothing over the network"##,
    ),
    (
        r##""faults":[{"delay":{"message":"Alice>Bob#1","by":-1}}]"##,
        r#"faults[0].delay.by: found -1, expected a whole number from 0 to 1000000000"#,
    ),
    (
        r##""faults":[{"duplicate":{"message":"Alice>Bob#1"}}]"##,
        r#"faults[0].duplicate.after: found nothing, expected a whole number from 0 to 1000000000"#,
    ),
    (
        r#""faults":[{"crash":{"node":"Carrol","at":10}}]"#,
        r#"faults[0].crash.node: found "Carrol", expected a node: "Alice", "Bob" or "Carol"; did you mean "Carol"?"#,
    ),
    (
        r#""faults":[{"crash":{"node":"Carol"}}]"#,
        r#"faults[0].crash.at: found nothing, expected a whole number from 0 to 1000000000"#,
    ),
    (
        r#""faults":[{"crash":{"node":"Carol","at":10,"after_sends":-1}}]"#,
        r#"faults[0].crash.after_sends: found -1, expected a whole number from 0 to 4294967295"#,
    ),
    (
        r#""faults":[{"crash":{"node":"Carol","at":10,"after_writes":"two"}}]"#,
        r#"faults[0].crash.after_writes: found "two", expected a whole number from 0 to 4294967295"#,
    ),
    (
        r#""faults":[{"crash":{"node":"Carol","at":10,"after_sends":1,"after_writes":1}}]"#,
        r#"faults[0].crash.after_writes: found 1, expected nothing: the crash has after_sends already"#,
    ),
    (
        r#""network":{"links":[{"from":"Alice","to":"Bob","rate":0}]}"#,
        r#"network.links[0].rate: found 0, expected a whole number from 1 to 1000000"#,
    ),
    (
        r#""network":{"links":[{"from":"Alice","to":"Bob","rate":1,"queue":-1}]}"#,
        r#"network.links[0].queue: found -1, expected a whole number from 0 to 1000000"#,
    ),
    (
        r#""network":{"links":[{"from":"Alice","to":"Bob","queue":3}]}"#,
        r#"network.links[0].queue: found 3, expected a rate, too: without one no message waits"#,
    ),
    (
        r#""faults":[{"crash":{"node":"Carol","at":10,"aftersends":1}}]"#,
        r#"faults[0].crash.aftersends: found the unknown field "aftersends", expected "node", "at", "after_sends" or "after_writes"; did you mean "after_sends"?"#,
    ),
    (
        r#""faults":[{"pause":{"node":"Bob","at":10,"until":10}}]"#,
        r#"faults[0].pause.until: found 10, expected a whole number from 11 to 1000000000"#,
    ),
    (
        r#""faults":[{"pause":{"node":"Bob","at":10}}]"#,
        r#"faults[0].pause.until: found nothing, expected a whole number from 11 to 1000000000"#,
    ),
    (
        r#""faults":[{"pause":{"node":"Bob","at":1000000000,"until":1000000000}}]"#,
        r#"faults[0].pause.at: found 1000000000, expected a whole number from 0 to 999999999"#,
    ),
    (
        r#""faults":[{"partition":{"groups":[["Alice"],["Alice","Bob"]],"at":0,"until":9}}]"#,
        r#"faults[0].partition.groups[1][0]: found "Alice", expected each node in one group, once"#,
    ),
    (
        r#""faults":[{"partition":{"groups":"Alice","at":0,"until":9}}]"#,
        r#"faults[0].partition.groups: found "Alice", expected a list of groups"#,
    ),
    (
        r#""faults":[{"cut":{"from":"Bob","to":"Bob","at":0,"until":9}}]"#,
        r#"faults[0].cut.to: found "Bob", expected another node: a node sends itself nothing over the network"#,
    ),
    (
        r#""faults":[{"omit":{"node":"Bob","side":"sned","at":0,"until":9}}]"#,
        r#"faults[0].omit.side: found "sned", expected "send" or "receive"; did you mean "send"?"#,
    ),
    (
        r##""faults":[{"corrupt":{"message":"Alice>Bob#1","bits":[]}}]"##,
        r#"faults[0].corrupt.bits: found [], expected at least one bit"#,
    ),
    (
        r##""faults":[{"corrupt":{"message":"Alice>Bob#1","bits":[65536]}}]"##,
        r#"faults[0].corrupt.bits[0]: found 65536, expected a whole number from 0 to 65535"#,
    ),
    (
        r##""faults":[{"corrupt":{"message":"Alice>Bob#1","bits":[3,4,3]}}]"##,
        r#"faults[0].corrupt.bits[2]: found 3, expected each bit once"#,
    ),
    (
        r##""faults":[{"forge":{"message":"Alice>Bob#1","with":"m2"}}]"##,
        r#"faults[0].forge.with: found "m2", expected nothing: traitors of this protocol send only what their strategy prescribes"#,
    ),
    (
        r##""faults":[{"forge":{"message":"Alice>Bob#1"}}]"##,
        r#"faults[0].forge.with: found nothing, expected the content of the forged message"#,
    ),
    (
        r#""faults":[{"traitor":{"node":"Bob","strategy":"flop"}}]"#,
        r#"faults[0].traitor.strategy: found "flop", expected "scripted", "silent", "random", "equivocate", "flip" or "collude"; did you mean "flip"?"#,
    ),
    (
        r#""faults":[{"drift":{"node":"Bob","rate":0.4}}]"#,
        r#"faults[0].drift.rate: found 0.4, expected a number from 0.5 to 2 with at most six decimals"#,
    ),
    (
        r#""faults":[{"drift":{"node":"Bob","rate":1.0000001}}]"#,
        r#"faults[0].drift.rate: found 1.0000001, expected a number from 0.5 to 2 with at most six decimals"#,
    ),
    (
        r#""faults":[{"drift":{"node":"Bob","offset":-5}}]"#,
        r#"faults[0].drift.offset: found -5, expected a whole number from 0 to 1000000000"#,
    ),
    (
        r#""captions":[{"at":0,"node":"Bob"}]"#,
        r#"captions[0].text: found nothing, expected a text of at most 1000 characters, without control characters"#,
    ),
    (
        r#""captions":[{"at":0,"node":"Bob","text":"\u0007"}]"#,
        r#"captions[0].text: found "\u0007", expected a text of at most 1000 characters, without control characters"#,
    ),
    (
        r#""captions":[{"at":0,"node":"Dave","text":"?"}]"#,
        r#"captions[0].node: found "Dave", expected a node: "Alice", "Bob" or "Carol""#,
    ),
    (
        r#""network":{"delay":[1.5,2]}"#,
        r#"network.delay[0]: found 1.5, expected a whole number from 0 to 1000000000"#,
    ),
    (
        r#""faults":[{"crash":{"node":"Carol","at":10}},{"recover":{"node":"Carol","at":null}}]"#,
        r#"faults[1].recover.at: found null, expected a whole number from 0 to 1000000000"#,
    ),
    (r#""params":{"a.b":1}"#, r#"params["a.b"]: found the unknown parameter "a.b", expected none"#),
];

fn refusal(text: &str) -> String {
    match scenario::read(text) {
        Ok(scenario) => panic!("{text} was read as {scenario:?}"),
        Err(problem) => problem.to_string(),
    }
}

#[test]
fn scenario_with_a_mistake_is_refused_with_its_line() {
    let within = |field| {
        let base =
            r#""version":1,"protocol":"best-effort-broadcast","nodes":["Alice","Bob","Carol"]"#;
        format!("{{{base},{field}}}")
    };
    let whole = WHOLE.iter().map(|&(text, line)| (text.to_owned(), line));
    let fields = FIELDS.iter().map(|&(field, line)| (within(field), line));
    for (text, line) in whole.chain(fields) {
        assert_eq!(refusal(&text), line, "{text}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}

/// Answer to a scenario with so many items in a list.
fn refusal_of_many(field: &str, item: &str, many: usize) -> String {
    let nodes = if field == "nodes" { "" } else { r#""nodes":2,"# };
    let items = vec![item; many].join(",");
    refusal(&format!(
        r#"{{"version":1,"protocol":"best-effort-broadcast",{nodes}"{field}":[{items}]}}"#
    ))
}

#[test]
fn scenario_beyond_a_bound_is_refused_before_it_is_built() {
    // No item would be read: their number is refused.
    assert_eq!(
        refusal_of_many("nodes", "0", 129),
        "nodes: found 129 of them, expected at most 128"
    );
    for field in ["requests", "faults"] {
        let line = format!("{field}: found 10001 of them, expected at most 10000");
        assert_eq!(refusal_of_many(field, "0", 10_001), line);
    }
    let line = "captions: found 1001 of them, expected at most 1000";
    assert_eq!(refusal_of_many("captions", "0", 1001), line);
    assert_eq!(
        refusal(&"[".repeat(33)),
        "found more than 32 levels of nesting, expected at most 32"
    );
    assert_eq!(
        refusal(&" ".repeat((1 << 20) + 1)),
        "found 1048577 bytes, expected at most 1048576"
    );
}

#[test]
fn scenario_with_a_name_beyond_the_bound_is_refused() {
    for (length, fits) in [(1, true), (24, true), (25, false)] {
        let name = "é".repeat(length);
        let text =
            format!(r#"{{"version":1,"protocol":"best-effort-broadcast","nodes":["{name}"]}}"#);
        assert_eq!(scenario::read(&text).is_ok(), fits, "{length}");
    }
}
