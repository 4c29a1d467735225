import WFDB

/// Leads as a file lists them, each with its place for warnings, made into leads of one length and different names.
struct LeadList {
  private(set) var leads: [(lead: Lead, place: String)]

  /// - A lead that is shorter than the longest ends with missing samples; where that would make much of little, it is
  ///   left out.
  /// - A lead whose name stood before gets a number, `I (2)`, because leads are known by their names.
  init(_ list: [(lead: Lead, place: String)], _ warnings: inout [FormatWarning]) {
    leads = list
    let longest = leads.map(\.lead.samples.count).max() ?? 0
    let (held, padded) = (leads.reduce(0) { $0 + $1.lead.samples.count }, longest * leads.count)
    leads.removeAll { lead, place in
      let isShort = lead.samples.count < longest && padded > 4 * held
      if isShort {
        warnings.append(FormatWarning(place, "\(lead.name) is left out: it has \(lead.samples.count) samples"))
      }
      return isShort
    }
    var seen: [String: Int] = [:]
    for index in leads.indices {
      let (lead, place) = leads[index]
      let missing = longest - lead.samples.count
      if missing > 0 {
        warnings.append(FormatWarning(place, "\(lead.name) ends \(missing) samples before the longest lead"))
        leads[index].lead.samples += [Double](repeating: .nan, count: missing)
      }
      let count = seen[lead.name, default: 0] + 1
      seen[lead.name] = count
      if count > 1 {
        leads[index].lead.name = "\(lead.name) (\(count))"
        warnings.append(FormatWarning(place, "\(lead.name) stands there more than once"))
      }
    }
  }
}
