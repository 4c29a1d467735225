/// Every kind of mistake that a report can have. The code is stable: it is printed, searched for and documented; a fault
/// that no longer exists leaves its code unused.
public enum Fault: String, Sendable, CaseIterable {
  // The file and its syntax
  case unreadable = "E0101"
  case yamlSyntax = "E0102"
  case unclosedFence = "E0103"
  case unclosedValue = "E0104"
  case unclosedCitation = "E0105"
  case rawHTML = "E0106"
  case image = "E0107"
  case tooDeep = "E0108"
  case cellHead = "E0109"
  case valueSyntax = "E0110"
  case forbiddenCharacter = "E0111"
  case duplicateKey = "E0112"
  case unclosedFrontMatter = "E0113"
  case citationSyntax = "E0114"
  case unsafeLink = "E0115"
  case include = "E0116"
  case equation = "E0118"
  // Front matter
  case missingTitle = "E0201"
  case unknownKey = "E0202"
  case frontMatterType = "E0203"
  case parameterDeclaration = "E0204"
  case date = "E0205"
  // Cells and options
  case unknownKind = "E0301"
  case cellID = "E0302"
  case duplicateID = "E0303"
  case unknownOption = "E0304"
  case missingOption = "E0305"
  case optionType = "E0306"
  case outOfRange = "E0307"
  case notAChoice = "E0308"
  case missingCaption = "E0309"
  case optionMeaning = "E0310"
  case idPrefix = "E0311"
  // The plan
  case unknownCell = "E0401"
  case wrongKind = "E0402"
  case cycle = "E0403"
  case needsItself = "E0404"
  case unknownParameter = "E0405"
  case parameterValue = "E0406"
  case unusedParameter = "E0407"
  case parameterFile = "E0408"
  // Prose
  case unknownReference = "E0501"
  case unknownCitation = "E0502"
  case unknownFormat = "E0503"
  case unknownValue = "E0504"
  case unfitFormat = "E0505"
  case bibliographyFile = "E0506"
  // Words that must be true
  case bareNumber = "E0601"
  case literalMark = "E0602"
  case predicate = "E0603"
  // Batches
  case matrix = "E0701"
  case matrixRow = "E0702"

  public var code: String { rawValue }

  /// Whether a draft may have it: something is missing, and its place can be marked.
  public var isGap: Bool {
    switch self {
    case .unknownReference, .unknownCitation, .unknownValue, .unfitFormat, .unusedParameter, .missingCaption: true
    default: false
    }
  }

  /// The fault in a few words: the head of its page.
  public var title: String { page.title }
  /// What it means and what to do, with an example.
  public var explanation: String { page.text }

  private var page: (title: String, text: String) {
    switch self {
    case .unreadable:
      ("the report cannot be read", "A report is a Markdown file of UTF-8 text, at most 4 MB. Check the path and the encoding.")
    case .yamlSyntax:
      (
        "YAML that cannot be parsed",
        "Front matter and the options of a cell are YAML: `name: value` lines, lists in brackets, text with `: ` or `#` in quotes. Anchors and aliases are not needed, and many of them are refused."
      )
    case .unclosedFence:
      ("a fenced block that never ends", "A block that begins with three backticks ends with a line of three backticks, indented like its first.")
    case .unclosedValue:
      ("`{{` without `}}`", "A value in prose is `{{ id.path | format }}` on one line. To print two braces, set them in code: `` `{{` ``.")
    case .unclosedCitation:
      ("`[@` without `]`", "A citation is `[@key]` or `[@key; @key2]` on one line.")
    case .rawHTML:
      ("raw HTML", "A report is printed to HTML and PDF alike and takes no outside content, so it has no raw HTML. Use Markdown, or set the text in code.")
    case .image:
      ("an image", "Images are not supported: a figure is drawn by a cell from its data, so that both can be traced. Put the drawing into a cell kind.")
    case .tooDeep:
      ("nesting too deep", "Lists and quotes nest at most 40 levels, YAML at most 60.")
    case .cellHead:
      ("a cell whose first line cannot be read", "The first line of a cell is three backticks and `{kind #id}`: the kind is a word, the id begins with a letter and holds letters, digits, `-` and `_`.")
    case .valueSyntax:
      ("a value in prose that cannot be read", "A value in prose is `{{ id.path | format }}`: names joined by dots, then at most one format.")
    case .forbiddenCharacter:
      ("a character that no text has", "Control characters and Unicode noncharacters are refused; they are usually the trace of a damaged file.")
    case .duplicateKey:
      ("a key given twice", "Each key of front matter and each option of a cell stands once.")
    case .unclosedFrontMatter:
      ("front matter that never ends", "Front matter begins with `---` on the first line and ends with `---` on a line of its own.")
    case .citationSyntax:
      ("a citation that cannot be read", "A citation is `[@key]` or `[@key; @key2]`, `[-@key]` where the sentence names the authors; keys hold letters, digits, `-`, `_`, `.`, `:` and `/`. Pages are said in the sentence.")
    case .unsafeLink:
      ("a link to an address that cannot be linked", "Links lead to `https:`, `http:`, `mailto:`, `doi:` addresses or to `#anchors` of the report; values are not filled into addresses.")
    case .include:
      ("a file that cannot be included", "`{{ include: methods.md }}` stands alone on its line and names a Markdown file, relative to the report. The file has no front matter of its own and does not include itself.")
    case .equation:
      (
        "an equation that cannot be read",
        """
        `$x$` is a formula in a line of text, `$$ x $$ {#eq-name}` an equation set apart, which `@eq-name` refers to; `\\$` is a dollar sign. Equations are written in a part of LaTeX's notation: letters, numbers, Greek by name (`\\alpha`), scripts (`x_i^2`), `\\frac{a}{b}`, `\\sqrt{x}`, `\\sum_{i=1}^{n}`, `\\prod`, `\\int`, `\\left( … \\right)`, functions (`\\log`, `\\operatorname{logit}`), `\\hat{p}`, `\\bar{x}`, `\\text{…}`, `\\mathrm{…}`, `\\mathbf{…}`, `\\mathbb{…}`, and signs such as `\\le`, `\\times`, `\\approx`, `\\in`, `\\infty`.
        """
      )
    case .missingTitle:
      ("no title", "Front matter has `title: …`; it stands on the first page and in the PDF's metadata.")
    case .unknownKey:
      (
        "an unknown key in front matter",
        "Keys are " + FrontMatter.keys.joined(separator: ", ") + "."
      )
    case .frontMatterType:
      ("front matter of the wrong type", "authors is a list of names; key-figures a list of {label, value, format}; facts a list of {label, value}; parameters a mapping.")
    case .parameterDeclaration:
      (
        "a parameter that cannot be declared so",
        "A parameter is `name: { type: integer, default: 10, range: 1...200, help: … }`; types are path, integer, number, text, boolean, choice (with choices) and folds."
      )
    case .date:
      ("a date that is none", "A date is YYYY-MM-DD.")
    case .unknownKind:
      ("an unknown kind of cell", "`ecgbook cells` lists the kinds.")
    case .cellID:
      ("a cell id that cannot be used", "An id begins with a letter and holds letters, digits, `-` and `_`; `parameters` is taken.")
    case .duplicateID:
      ("two cells of one id", "Values, references and needs name cells by id, so each id stands once.")
    case .unknownOption:
      ("an option that the kind does not have", "`ecgbook cells KIND` lists the options of a kind.")
    case .missingOption:
      ("a required option is missing", "Add the option.")
    case .optionType:
      ("an option of the wrong type", "Write the value as the message asks; quotes make text of a number.")
    case .outOfRange:
      ("an option out of its range", "Choose a value within the range of the message; both ends belong to it.")
    case .notAChoice:
      ("an option that is none of the choices", "Choose one of the words that the message lists.")
    case .missingCaption:
      ("a figure or table without a caption", "Every figure and table has `caption:`. Its first sentence says what is to be seen, the rest how it was made.")
    case .optionMeaning:
      ("options that do not make sense", "The kind of the cell has looked at the option and says what is wrong with it.")
    case .idPrefix:
      ("the id of a figure or table", "A cell that draws a figure has an id like `fig-roc`, one that prints a table `tbl-classes`: prose refers to them as `@fig-roc` and `@tbl-classes`.")
    case .unknownCell:
      ("a cell that does not exist", "An option names a cell by its id, the word after `#`.")
    case .wrongKind:
      ("a cell of the wrong kind", "The option needs a cell of another kind.")
    case .cycle:
      ("cells that need each other", "A cell runs after those it needs, so needs cannot form a circle. Cut it at one place.")
    case .needsItself:
      ("a cell that needs itself", "Name another cell.")
    case .unknownParameter:
      ("a parameter that is not declared", "Declare it in front matter under `parameters:`; use it as `$name` in options, `{{ parameters.name }}` in prose.")
    case .parameterValue:
      ("a value that the parameter does not take", "`-P name=value` is read by the type, range and choices that front matter declares.")
    case .parameterFile:
      ("a file of parameters that cannot be read", "`--params FILE` names a YAML or JSON file of `name: value` lines; its relative paths start at its own folder, and `-P name=value` wins over it.")
    case .unusedParameter:
      ("a parameter that nothing uses", "Whoever sets it would believe that it counts. Use it as `$name` in an option or as `{{ parameters.name }}` in prose, or remove its declaration.")
    case .unknownReference:
      ("a reference to no figure, table or equation", "`@fig-id` and `@tbl-id` are the ids of cells in this report, `@eq-id` that of an equation: `$$ … $$ {#eq-id}`.")
    case .unknownCitation:
      ("a citation of an unknown key", "Keys come from the shipped library and from the files under `bibliography:`.")
    case .unknownFormat:
      ("an unknown format", "Formats are " + ValueFormat.names.joined(separator: ", ") + ".")
    case .unknownValue:
      ("a value that the cell does not have", "`{{ id.path }}` names a cell and a value that its kind declares.")
    case .unfitFormat:
      ("a format that does not fit the value", "For example `ci` needs a statistic with an interval, and `percent` a number.")
    case .bibliographyFile:
      ("a bibliography that cannot be read", "`bibliography:` names files, relative to the report: CSL-JSON, a list of items, each with `id`, `type` and `title`; or BibTeX, whose names end in `.bib`, of entries like `@article{key, title = {…}, author = {Last, First and Last, First}, year = 2020}`. In BibTeX, braces are balanced, a comma stands between fields, text stands in braces or quotes, and each key stands once.")
    case .bareNumber:
      ("a number typed beside a metric", "A sentence that names a metric (AUROC, sensitivity, F1, …) has its numbers in braces, `{{ eval.macro.auroc | 3 }}`, so that they follow what was computed; or it cites whose they are, `[@key]`; or it marks what is no result: `0.5{lit}`.")
    case .literalMark:
      ("`{lit}` without a number", "`{lit}` stands right behind a number, or behind its per cent sign, and says that it is none of the report's results. It is not printed.")
    case .predicate:
      ("a predicate that cannot be read", "A claim's predicate compares values, `eval.macro.auroc >= 0.9`, by `>=`, `>`, `<=`, `<`, `==` or `!=`; comparisons are joined by `and` and `or`, with parentheses. Texts stand in quotes.")
    case .matrix:
      ("a matrix of runs that cannot be read", "`--matrix FILE` names a CSV file: a line of parameters' names, then a line of values for each run; relative paths start at its own folder, and an empty field leaves its parameter as it is. A column `output` (or the one that `--names` says) names each run's files.")
    case .matrixRow:
      ("a run that cannot have files of its own", "Each run of a matrix sets something that no other does, and has a name that no other has, also where capital letters do not count. Names hold letters from a to z, digits, `-` and `_`; without a column of names they are made from the run's values and a digest of them.")
    }
  }
}
