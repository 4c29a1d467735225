/// What a report says of itself in XML: title, authors, subject, language, and that the file follows PDF/UA-1.
///
/// Source: ISO 16684-1 (XMP); ISO 14289-1, clause 5 (the claim of conformance).
func xmpPacket(of page: Page) -> String {
  func item(_ text: String) -> String { "<rdf:li>\(escaped(text))</rdf:li>" }
  func alternative(_ text: String) -> String {
    "<rdf:Alt><rdf:li xml:lang=\"x-default\">\(escaped(text))</rdf:li></rdf:Alt>"
  }
  var properties = ["<dc:title>\(alternative(page.title))</dc:title>"]
  if !page.authors.isEmpty {
    properties.append("<dc:creator><rdf:Seq>\(page.authors.map(item).joined())</rdf:Seq></dc:creator>")
  }
  if !page.summary.isEmpty {
    properties.append("<dc:description>\(alternative(page.summary.plainText))</dc:description>")
  }
  properties.append("<dc:language><rdf:Bag>\(item(page.language))</rdf:Bag></dc:language>")
  properties += ["<pdfuaid:part>1</pdfuaid:part>", "<xmp:CreatorTool>ECGBook</xmp:CreatorTool>"]
  return """
    <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
    <x:xmpmeta xmlns:x="adobe:ns:meta/">
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
      xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
    \(properties.joined(separator: "\n"))
    </rdf:Description>
    </rdf:RDF>
    </x:xmpmeta>
    <?xpacket end="r"?>
    """
}
