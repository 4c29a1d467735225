extension Statement {
  /// The 71 statements of PTB-XL in the order of its `scp_statements.csv`, for data sets that are made, not read.
  /// Codes, descriptions, flags and classes are PTB-XL's (Wagner et al., CC BY 4.0, doi:10.13026/x4td-x982).
  public static let catalogue: [Statement] = [
    Statement(
      code: "NDT", description: "non-diagnostic T abnormalities",
      isDiagnostic: true, isForm: true, superclass: "STTC", subclass: "STTC"),
    Statement(
      code: "NST_", description: "non-specific ST changes",
      isDiagnostic: true, isForm: true, superclass: "STTC", subclass: "NST_"),
    Statement(
      code: "DIG", description: "digitalis-effect",
      isDiagnostic: true, isForm: true, superclass: "STTC", subclass: "STTC"),
    Statement(
      code: "LNGQT", description: "long QT-interval",
      isDiagnostic: true, isForm: true, superclass: "STTC", subclass: "STTC"),
    Statement(
      code: "NORM", description: "normal ECG",
      isDiagnostic: true, superclass: "NORM", subclass: "NORM"),
    Statement(
      code: "IMI", description: "inferior myocardial infarction",
      isDiagnostic: true, superclass: "MI", subclass: "IMI"),
    Statement(
      code: "ASMI", description: "anteroseptal myocardial infarction",
      isDiagnostic: true, superclass: "MI", subclass: "AMI"),
    Statement(
      code: "LVH", description: "left ventricular hypertrophy",
      isDiagnostic: true, superclass: "HYP", subclass: "LVH"),
    Statement(
      code: "LAFB", description: "left anterior fascicular block",
      isDiagnostic: true, superclass: "CD", subclass: "LAFB/LPFB"),
    Statement(
      code: "ISC_", description: "non-specific ischemic",
      isDiagnostic: true, superclass: "STTC", subclass: "ISC_"),
    Statement(
      code: "IRBBB", description: "incomplete right bundle branch block",
      isDiagnostic: true, superclass: "CD", subclass: "IRBBB"),
    Statement(
      code: "1AVB", description: "first degree AV block",
      isDiagnostic: true, superclass: "CD", subclass: "_AVB"),
    Statement(
      code: "IVCD", description: "non-specific intraventricular conduction disturbance (block)",
      isDiagnostic: true, superclass: "CD", subclass: "IVCD"),
    Statement(
      code: "ISCAL", description: "ischemic in anterolateral leads",
      isDiagnostic: true, superclass: "STTC", subclass: "ISCA"),
    Statement(
      code: "CRBBB", description: "complete right bundle branch block",
      isDiagnostic: true, superclass: "CD", subclass: "CRBBB"),
    Statement(
      code: "CLBBB", description: "complete left bundle branch block",
      isDiagnostic: true, superclass: "CD", subclass: "CLBBB"),
    Statement(
      code: "ILMI", description: "inferolateral myocardial infarction",
      isDiagnostic: true, superclass: "MI", subclass: "IMI"),
    Statement(
      code: "LAO/LAE", description: "left atrial overload/enlargement",
      isDiagnostic: true, superclass: "HYP", subclass: "LAO/LAE"),
    Statement(
      code: "AMI", description: "anterior myocardial infarction",
      isDiagnostic: true, superclass: "MI", subclass: "AMI"),
    Statement(
      code: "ALMI", description: "anterolateral myocardial infarction",
      isDiagnostic: true, superclass: "MI", subclass: "AMI"),
    Statement(
      code: "ISCIN", description: "ischemic in inferior leads",
      isDiagnostic: true, superclass: "STTC", subclass: "ISCI"),
    Statement(
      code: "INJAS", description: "subendocardial injury in anteroseptal leads",
      isDiagnostic: true, superclass: "MI", subclass: "AMI"),
    Statement(
      code: "LMI", description: "lateral myocardial infarction",
      isDiagnostic: true, superclass: "MI", subclass: "LMI"),
    Statement(
      code: "ISCIL", description: "ischemic in inferolateral leads",
      isDiagnostic: true, superclass: "STTC", subclass: "ISCI"),
    Statement(
      code: "LPFB", description: "left posterior fascicular block",
      isDiagnostic: true, superclass: "CD", subclass: "LAFB/LPFB"),
    Statement(
      code: "ISCAS", description: "ischemic in anteroseptal leads",
      isDiagnostic: true, superclass: "STTC", subclass: "ISCA"),
    Statement(
      code: "INJAL", description: "subendocardial injury in anterolateral leads",
      isDiagnostic: true, superclass: "MI", subclass: "AMI"),
    Statement(
      code: "ISCLA", description: "ischemic in lateral leads",
      isDiagnostic: true, superclass: "STTC", subclass: "ISCA"),
    Statement(
      code: "RVH", description: "right ventricular hypertrophy",
      isDiagnostic: true, superclass: "HYP", subclass: "RVH"),
    Statement(
      code: "ANEUR", description: "ST-T changes compatible with ventricular aneurysm",
      isDiagnostic: true, superclass: "STTC", subclass: "STTC"),
    Statement(
      code: "RAO/RAE", description: "right atrial overload/enlargement",
      isDiagnostic: true, superclass: "HYP", subclass: "RAO/RAE"),
    Statement(
      code: "EL", description: "electrolytic disturbance or drug (former EDIS)",
      isDiagnostic: true, superclass: "STTC", subclass: "STTC"),
    Statement(
      code: "WPW", description: "Wolf-Parkinson-White syndrome",
      isDiagnostic: true, superclass: "CD", subclass: "WPW"),
    Statement(
      code: "ILBBB", description: "incomplete left bundle branch block",
      isDiagnostic: true, superclass: "CD", subclass: "ILBBB"),
    Statement(
      code: "IPLMI", description: "inferoposterolateral myocardial infarction",
      isDiagnostic: true, superclass: "MI", subclass: "IMI"),
    Statement(
      code: "ISCAN", description: "ischemic in anterior leads",
      isDiagnostic: true, superclass: "STTC", subclass: "ISCA"),
    Statement(
      code: "IPMI", description: "inferoposterior myocardial infarction",
      isDiagnostic: true, superclass: "MI", subclass: "IMI"),
    Statement(
      code: "SEHYP", description: "septal hypertrophy",
      isDiagnostic: true, superclass: "HYP", subclass: "SEHYP"),
    Statement(
      code: "INJIN", description: "subendocardial injury in inferior leads",
      isDiagnostic: true, superclass: "MI", subclass: "IMI"),
    Statement(
      code: "INJLA", description: "subendocardial injury in lateral leads",
      isDiagnostic: true, superclass: "MI", subclass: "AMI"),
    Statement(
      code: "PMI", description: "posterior myocardial infarction",
      isDiagnostic: true, superclass: "MI", subclass: "PMI"),
    Statement(
      code: "3AVB", description: "third degree AV block",
      isDiagnostic: true, superclass: "CD", subclass: "_AVB"),
    Statement(
      code: "INJIL", description: "subendocardial injury in inferolateral leads",
      isDiagnostic: true, superclass: "MI", subclass: "IMI"),
    Statement(
      code: "2AVB", description: "second degree AV block",
      isDiagnostic: true, superclass: "CD", subclass: "_AVB"),
    Statement(
      code: "ABQRS", description: "abnormal QRS",
      isForm: true),
    Statement(
      code: "PVC", description: "ventricular premature complex",
      isForm: true),
    Statement(
      code: "STD_", description: "non-specific ST depression",
      isForm: true),
    Statement(
      code: "VCLVH", description: "voltage criteria (QRS) for left ventricular hypertrophy",
      isForm: true),
    Statement(
      code: "QWAVE", description: "Q waves present",
      isForm: true),
    Statement(
      code: "LOWT", description: "low amplitude T-waves",
      isForm: true),
    Statement(
      code: "NT_", description: "non-specific T-wave changes",
      isForm: true),
    Statement(
      code: "PAC", description: "atrial premature complex",
      isForm: true),
    Statement(
      code: "LPR", description: "prolonged PR interval",
      isForm: true),
    Statement(
      code: "INVT", description: "inverted T-waves",
      isForm: true),
    Statement(
      code: "LVOLT", description: "low QRS voltages in the frontal and horizontal leads",
      isForm: true),
    Statement(
      code: "HVOLT", description: "high QRS voltage",
      isForm: true),
    Statement(
      code: "TAB_", description: "T-wave abnormality",
      isForm: true),
    Statement(
      code: "STE_", description: "non-specific ST elevation",
      isForm: true),
    Statement(
      code: "PRC(S)", description: "premature complex(es)",
      isForm: true),
    Statement(
      code: "SR", description: "sinus rhythm",
      isRhythm: true),
    Statement(
      code: "AFIB", description: "atrial fibrillation",
      isRhythm: true),
    Statement(
      code: "STACH", description: "sinus tachycardia",
      isRhythm: true),
    Statement(
      code: "SARRH", description: "sinus arrhythmia",
      isRhythm: true),
    Statement(
      code: "SBRAD", description: "sinus bradycardia",
      isRhythm: true),
    Statement(
      code: "PACE", description: "normal functioning artificial pacemaker",
      isRhythm: true),
    Statement(
      code: "SVARR", description: "supraventricular arrhythmia",
      isRhythm: true),
    Statement(
      code: "BIGU", description: "bigeminal pattern (unknown origin, SV or Ventricular)",
      isRhythm: true),
    Statement(
      code: "AFLT", description: "atrial flutter",
      isRhythm: true),
    Statement(
      code: "SVTAC", description: "supraventricular tachycardia",
      isRhythm: true),
    Statement(
      code: "PSVT", description: "paroxysmal supraventricular tachycardia",
      isRhythm: true),
    Statement(
      code: "TRIGU", description: "trigeminal pattern (unknown origin, SV or Ventricular)",
      isRhythm: true),
  ]
}
