/// What the engine and its figures say of themselves: the key of a row in each language's file,
/// `Resources/phrases.LANG.csv`. `{1}`, `{2}` … in its text are the places of values; forms apart by a slash are for one
/// and for more, or for each of several. Whoever adds a case adds a row to every language; a test names what is missing.
///
/// What a clinician's page says of the heart is in `Interpretation`'s `Statements`.
public enum Phrase: String, Sendable, CaseIterable {
  // Numbers
  case decimalSign = "decimal.sign"
  case percent
  case range
  case confidence
  case undefined
  case undefinedBecause = "undefined.because"
  case undefinedNote = "undefined.note"
  case yes
  case no
  case listNone = "list.none"
  case listAnd = "list.and"
  case date
  case months

  // Parts of a document
  case figure
  case table
  case tableUnnumbered = "table.unnumbered"
  case equation
  case equationUnnumbered = "equation.unnumbered"
  case appendix
  case page
  case pages
  case continued
  case summary
  case contents
  case references
  case reference
  case mention
  case notes
  case note
  case mark
  case back
  case backMention = "back.mention"
  case skip
  case digest
  case files
  case embedded
  case attachmentResults = "attachment.results"
  case attachmentSource = "attachment.source"
  case attachmentPart = "attachment.part"
  case attachmentFigure = "attachment.figure"
  case attachmentTable = "attachment.table"
  case figureData = "figure.data"
  case figureDetails = "figure.details"
  case figureUndescribed = "figure.undescribed"
  case figureNothing = "figure.nothing"
  case figureOf = "figure.of"
  case figureKeys = "figure.keys"
  case rows
  case rowsSome = "rows.some"

  // What is wrong with a page, and what to think of a value
  case draft
  case draftBanner = "draft.banner"
  case failedBanner = "failed.banner"
  case missing
  case missingWhat = "missing.what"
  case missingCaption = "missing.caption"
  case optimistic
  case optimisticBecause = "optimistic.because"
  case claims
  case claimsRule = "claims.rule"
  case claimsClaim = "claims.claim"
  case claimsVerdict = "claims.verdict"
  case claimsBecause = "claims.because"

  // Provenance
  case provenanceCell = "provenance.cell"
  case provenanceKind = "provenance.kind"
  case provenanceNeeds = "provenance.needs"
  case provenanceKey = "provenance.key"
  case provenanceInputs = "provenance.inputs"
  case provenanceWhat = "provenance.what"
  case provenanceRule = "provenance.rule"
  case provenanceOrigin = "provenance.origin"
  case provenanceOriginNote = "provenance.origin.note"
  case provenanceConvention = "provenance.convention"
  case provenanceTraining = "provenance.training"
  case provenanceValidation = "provenance.validation"
  case provenanceTest = "provenance.test"
  case provenanceOptimistic = "provenance.optimistic"
  case provenanceEverything = "provenance.everything"
  case provenanceParameter = "provenance.parameter"
  case provenanceTool = "provenance.tool"
  case provenancePrivate = "provenance.private"
  case provenanceName = "provenance.name"
  case provenanceValue = "provenance.value"
  case provenanceCellsCaption = "provenance.cells.caption"
  case provenanceFactsCaption = "provenance.facts.caption"
  case provenanceChoicesCaption = "provenance.choices.caption"
  case choiceReason = "choice.reason"
  case tableEmpty = "table.empty"
  case choiceEpoch = "choice.epoch"
  case choiceEpochRule = "choice.epoch.rule"

  // Figures: leads and the electrocardiogram
  case lead
  case leadNotRecorded = "lead.notRecorded"
  case leadNoSignal = "lead.noSignal"
  case leadDerived = "lead.derived"
  case leadsNotRecorded = "leads.notRecorded"
  case leadsNoSignal = "leads.noSignal"
  case leadsDerived = "leads.derived"
  case leadsAmplitudes = "leads.amplitudes"
  case leadsCut = "leads.cut"
  case ecgRateless = "ecg.rateless"
  case ecgRoomless = "ecg.roomless"
  case ecgFilter = "ecg.filter"
  case ecgSampling = "ecg.sampling"
  case ecgLeads = "ecg.leads"
  case ecgSequential = "ecg.sequential"
  case ecgSimultaneous = "ecg.simultaneous"
  case ecgStrip = "ecg.strip"
  case ecgCabrera = "ecg.cabrera"
  case ecgFrom = "ecg.from"
  case ecgSpike = "ecg.spike"
  case ecgSpikes = "ecg.spikes"
  case ecgCut = "ecg.cut"
  case ecgShaded = "ecg.shaded"
  case ecgShade = "ecg.shade"
  case ecgStretch = "ecg.stretch"
  case ecgSays = "ecg.says"
  case ecgSaysFrom = "ecg.says.from"
  case ecgSaysSequential = "ecg.says.sequential"
  case ecgSaysSimultaneous = "ecg.says.simultaneous"
  case ecgSaysCabrera = "ecg.says.cabrera"
  case ecgSaysStrip = "ecg.says.strip"
  case ecgSaysStrips = "ecg.says.strips"
  case ecgSaysBeats = "ecg.says.beats"
  case ecgSaysRr = "ecg.says.rr"
  case ecgSaysShaded = "ecg.says.shaded"
  case ecgSaysMost = "ecg.says.most"
  case ecgEnlarged = "ecg.enlarged"
  case ecgEnlargedSays = "ecg.enlarged.says"
  case ecgEnlargedRows = "ecg.enlarged.rows"
  case ecgEnlargedScale = "ecg.enlarged.scale"

  // Median beats
  case medianNone = "median.none"
  case medianRoomless = "median.roomless"
  case medianTEnd = "median.tEnd"
  case medianSt = "median.st"
  case medianOf = "median.of"
  case medianLines = "median.lines"
  case medianRing = "median.ring"
  case medianBar = "median.bar"
  case medianGrey = "median.grey"
  case medianPrevious = "median.previous"
  case beats
  case medianSays = "median.says"
  case medianSaysNamed = "median.says.named"
  case medianSaysNone = "median.says.none"
  case medianSaysSpans = "median.says.spans"
  case medianSaysNoP = "median.says.noP"
  case medianSaysSt = "median.says.st"
  case medianSaysGrey = "median.says.grey"
  case medianSaysPrevious = "median.says.previous"

  // Trend of hours
  case clockSince = "clock.since"
  case clockDay = "clock.day"
  case trendNone = "trend.none"
  case trendRate = "trend.rate"
  case trendSt = "trend.st"
  case trendNoise = "trend.noise"
  case trendNoiseUnit = "trend.noise.unit"
  case trendBeats = "trend.beats"
  case trendStIn = "trend.stIn"
  case trendNoisy = "trend.noisy"
  case trendSpan = "trend.span"
  case trendSays = "trend.says"
  case trendSaysClock = "trend.says.clock"
  case trendSaysSteps = "trend.says.steps"
  case trendSaysNoRate = "trend.says.noRate"
  case trendSaysRate = "trend.says.rate"
  case trendSaysExtremes = "trend.says.extremes"
  case trendSaysGaps = "trend.says.gaps"
  case trendSaysNoise = "trend.says.noise"
  case trendSaysEpisodes = "trend.says.episodes"
  case trendSaysSum = "trend.says.sum"
  case trendSaysLongest = "trend.says.longest"

  // Serial change
  case serialNone = "serial.none"
  case serialRoomless = "serial.roomless"
  case serialPrevious = "serial.previous"
  case serialNow = "serial.now"
  case serialChange = "serial.change"
  case serialBand = "serial.band"
  case serialBeyond = "serial.beyond"
  case serialWithin = "serial.within"
  case serialRow = "serial.row"
  case serialSays = "serial.says"
  case serialSaysUnknown = "serial.says.unknown"

  // Values beside their limits
  case scalesNone = "scales.none"
  case scalesRoomless = "scales.roomless"
  case scalesNormal = "scales.normal"
  case scalesLimits = "scales.limits"
  case scalesHigh = "scales.high"
  case scalesLow = "scales.low"
  case scalesAbsent = "scales.absent"
  case scalesAbsentBecause = "scales.absent.because"
  case scalesSource = "scales.source"
  case scalesUnknown = "scales.unknown"
  case scalesWithin = "scales.within"
  case scalesAbove = "scales.above"
  case scalesBelow = "scales.below"
  case scalesSays = "scales.says"

  // Full disclosure
  case disclosureNone = "disclosure.none"
  case disclosureSeconds = "disclosure.seconds"
  case disclosureMinutes = "disclosure.minutes"
  case disclosureSettings = "disclosure.settings"
  case disclosureNote = "disclosure.note"
  case disclosureLines = "disclosure.lines"
  case disclosureSays = "disclosure.says"
  case disclosureSaysMissing = "disclosure.says.missing"
  case disclosureSaysMarked = "disclosure.says.marked"
}
