extension SCP {
  /// The name of the lead with this code, in a spelling that `LeadName` understands where it is a lead that it knows. A
  /// lead that was computed from others is `I (derived)`.
  ///
  /// Sources: EN 1064, 5.6.3; ISO/IEEE 11073-10101, `MDC_ECG_LEAD_…`, whose codes are the same (listed in DICOM PS3.16,
  /// CID 3001).
  static func leadName(_ code: Int) -> String { leadNames[code] ?? "code \(code)" }

  private static let leadNames: [Int: String] = {
    var names: [Int: String] = [0: "unspecified"]
    func add(_ first: Int, _ list: String, _ suffix: String = "") {
      for (offset, name) in list.split(separator: " ").enumerated() { names[first + offset] = name + suffix }
    }
    let basic = "I II V1 V2 V3 V4 V5 V6 V7 V2R V3R V4R V5R V6R V7R X Y Z CC5 CM5 LA RA LL fI fE fC fA fM fF fH"
    add(1, basic)
    add(31, basic, " (derived)")
    add(61, "III aVR aVL aVF -aVR V8 V9 V8R V9R D A J Defib ExtPace A1 A2 A3 A4")
    add(79, "V8 V9 V8R V9R D A J", " (derived)")
    add(86, "C V VR VL VF MCL MCL1 MCL2 MCL3 MCL4 MCL5 MCL6 CC CC1 CC2 CC3 CC4 CC6 CC7 CM CM1 CM2 CM3 CM4 CM6")
    add(111, "III aVR aVL aVF", " (derived)")
    add(121, "CM7 CH5 CS5 CB5 CR5 ML AB1 AB2 AB3 AB4 ES AS AI S")
    add(147, "RL CV5RL CV6LL CV6LU V10")
    return names
  }()
}
